"""The result: registered by a person, then notified by the customer's channel, the next one, or a person."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from pydantic import Field

from domain import said
from domain.benefit import gets
from domain.cost import Cost
from domain.effect import Effect, NoticeSent
from domain.line_outcome import LineOutcome, LineRefusal, in_words, outcomes
from domain.message import CameBack, Command, Decision, EffectSucceeded, Event
from domain.money import Money
from domain.notice import Post
from domain.plan import Before, LineDecision
from domain.policy import Channel, Policy
from domain.record import Instant, Letter, Line, Note, Record, Text
from domain.refusal import Refused
from domain.remedy import Remedy, undecided
from domain.saga import Saga

OutcomeOfCase = Literal["upheld", "partly_upheld", "not_upheld"]


class RegisterResult(Command):
    """Register how the case came out: outcome, cause, and what the customer is told.

    Attributes:
        final: whether this is the firm's final position, after which only an appeal goes on.
        clauses: clauses on which it rests beside those of the plan.
        to_do: what the customer has to do, until `to_do_by`; empty: nothing.
        refusals: of a final position, why each harm line is refused that no proposal has decided.
        prevention: what is changed so that it does not happen again; the reassurance says it.
    """

    kind: Literal["register_result"] = "register_result"
    outcome: OutcomeOfCase
    cause: Line
    summary: Letter
    final: bool = False
    clauses: tuple[Line, ...] = ()
    to_do: Note = ""
    to_do_by: Instant | None = None
    refusals: Annotated[tuple[LineRefusal, ...], Field(max_length=20)] = ()
    prevention: Letter = ""


class TellResult(Command):
    """A person told the customer the result, where no channel could deliver it."""

    kind: Literal["tell_result"] = "tell_result"
    how: Line


class LineResult(Record):
    """What became of one harm line; `remedy` is `none` where an offer for it was not taken up."""

    harm_line: Line
    remedy: Line
    amount: Money | None = None


class ResultRegistered(Decision):
    """The result stands and is going to be notified; `gets` says what the customer gets and why it helps.

    Attributes:
        lines: of a final position, what became of each harm line; `decided` says it to the customer.
        remedies: what became of each harm line.
        cost: what the case has cost so far; None where the policy has no prices for handling.
    """

    kind: Literal["result_registered"] = "result_registered"
    number: int
    outcome: OutcomeOfCase
    cause: Line
    summary: Text
    final: bool
    clauses: tuple[Line, ...]
    department: Line | None
    policy: Line
    gets: Text = ""
    to_do: Note = ""
    to_do_by: Instant | None = None
    lines: tuple[LineOutcome, ...] = ()
    decided: Text = ""
    prevention: Text = ""
    remedies: tuple[LineResult, ...] = ()
    cost: Cost | None = None


class ResultNotified(Event):
    """The customer has the result: the gateway confirmed its delivery."""

    kind: Literal["result_notified"] = "result_notified"
    key: Line
    channel: Channel
    text: Text
    digest: Line | None = None


class ResultUndelivered(Event):
    """One channel did not deliver it; the next is tried, then a person."""

    kind: Literal["result_undelivered"] = "result_undelivered"
    key: Line
    channel: Channel
    why: Literal["undelivered", "refused", "unknown"]


class ResultTold(Event):
    """A person told the customer."""

    kind: Literal["result_told"] = "result_told"
    how: Line


ResultCommand = RegisterResult | TellResult
ResultEvent = ResultRegistered | ResultNotified | ResultUndelivered | ResultTold


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of the present round and how far its notice came.

    Attributes:
        told_at: when the customer first had a result of this round; a later one does not untell it.
        possible: the channels that reached this customer when the result was registered, best first; what
            the CRM says later never mixes up which one a notice under way was sent by.
    """

    number: int = 0
    outcome: OutcomeOfCase | None = None
    cause: str | None = None
    summary: str = ""
    gets: str = ""
    clauses: tuple[str, ...] = ()
    to_do: str = ""
    to_do_by: datetime | None = None
    decided: str = ""
    prevention: str = ""
    final: bool = False
    registered_at: datetime | None = None
    registered_by: str | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    told_at: datetime | None = None
    possible: tuple[Channel, ...] = ()
    tried: tuple[Channel, ...] = ()
    needs_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What the stages before this one know: the plan, how far it was carried out, who answers for it."""

    before: Before
    remedy: Remedy
    saga: Saga
    department: str | None


def decide(result: Result, recovery: Recovery, command: ResultCommand) -> tuple[ResultEvent, ...]:
    """Register the result, or note that a person told it."""
    match command:
        case RegisterResult():
            return _register(result, recovery, command)
        case TellResult(how=how, at=at, by=by):
            if result.delivered_at is not None:
                return ()
            if result.registered_at is None:
                raise Refused("there is no result to tell: register it first", code="no-result")
            return (ResultTold(how=how, at=at, by=by),)
        case _:
            assert_never(command)


def _register(result: Result, recovery: Recovery, command: RegisterResult) -> tuple[ResultEvent, ...]:
    policy = recovery.before.policy
    if result.registered_at is not None:
        same = (result.outcome, result.summary, result.final) == (
            command.outcome,
            command.summary,
            command.final,
        )
        if same:
            return ()
        raise Refused(
            "a result is registered already; tell it, or open a round by a supervisor (open_round)",
            code="registered",
        )
    if command.cause not in policy.causes:
        raise Refused(f"cause: use one of {', '.join(policy.causes)}", code="cause")
    if not command.summary.strip():
        raise Refused("summary: say in plain words what was found and what is done", code="summary")
    check_letter(policy, command.clauses, command.to_do, command.to_do_by)
    _check_decided(recovery, command)
    lines = _lines(recovery, command)
    registered = ResultRegistered(
        number=result.number + 1,
        outcome=command.outcome,
        cause=command.cause,
        summary=command.summary,
        final=command.final or command.outcome == "not_upheld",
        clauses=tuple(dict.fromkeys((*command.clauses, *_clauses(recovery.remedy)))),
        to_do=command.to_do,
        to_do_by=command.to_do_by,
        department=recovery.department,
        policy=f"{policy.name}/{policy.version}",
        gets=gets(policy, recovery.remedy, recovery.saga, recovery.before.intake.language),
        lines=lines,
        decided=in_words(lines, policy, recovery.before.intake.language),
        prevention=command.prevention,
        at=command.at,
        by=command.by,
    )
    return (registered,)


def check_letter(policy: Policy, clauses: tuple[str, ...], to_do: str, by: datetime | None) -> None:
    """Hold what a letter names against the policy: known clauses, and a date for what the customer has to do.

    Raises:
        Refused: naming the field.
    """
    known = {clause.id for clause in policy.clauses}
    unknown = [each for each in clauses if each not in known]
    if unknown:
        raise Refused(f"clauses: this policy has no {unknown[0]}; name one that it has", code="clause")
    if to_do.strip() and by is None:
        raise Refused("to_do_by: say until when the customer has to do it", code="to-do-by")


def line_results(recovery: Recovery) -> tuple[LineResult, ...]:
    """Return what became of every harm line that was stated (R52)."""
    found = {each.harm_line: each for each in recovery.remedy.done}
    return tuple(
        LineResult(harm_line=line.id, remedy=decided.remedy, amount=decided.amount)
        if (decided := found.get(line.id)) is not None
        else LineResult(harm_line=line.id, remedy="none")
        for line in recovery.before.triage.harm_lines
    )


UNDER_WAY = ("reserving", "waiting_approval", "approved", "offered", "agreed")


def _check_decided(recovery: Recovery, command: RegisterResult) -> None:
    """Every harm line is decided and carried out, or the offers of this round are used up."""
    if recovery.before.triage.voc_type != "complaint":
        raise Refused("only complaints have a result; answer this case instead", code="short-way")
    proposal, done = recovery.remedy.proposal, recovery.remedy.done
    under_way = proposal is not None and proposal.state in UNDER_WAY
    if done and not under_way and not undecided(recovery.remedy, recovery.before.triage):
        _check_outcome(done, command)
        return
    if not command.final:
        raise Refused(
            "harm lines are undecided or the remedy is not carried out yet; propose a remedy, or wait for it",
            code="undecided",
        )
    if proposal is not None and under_way:
        raise Refused(f"the remedy is {proposal.state}; wait for it or cancel it", code=proposal.state)
    if not _may_end_without(recovery.before, recovery.remedy):
        raise Refused("propose a remedy or reasoned refusals first", code="undecided")


def _lines(recovery: Recovery, command: RegisterResult) -> tuple[LineOutcome, ...]:
    """Return what became of each harm line where not all of them were put right; else the result says it."""
    if not undecided(recovery.remedy, recovery.before.triage):
        return ()
    return outcomes(recovery.before, recovery.remedy, command.refusals)


def _may_end_without(before: Before, remedy: Remedy) -> bool:
    """A final position needs a declined or expired offer, no offer left, or an exceptional round."""
    proposal = remedy.proposal
    answered = proposal is not None and proposal.state in ("declined", "expired")
    used_up = remedy.offers >= before.policy.max_offers
    return answered or used_up or remedy.round > before.policy.max_rounds


def _check_outcome(done: tuple[LineDecision, ...], command: RegisterResult) -> None:
    only_refusals = {each.remedy for each in done} == {"refusal"}
    if only_refusals and command.outcome != "not_upheld":
        raise Refused("outcome: every harm line was refused, so it is not_upheld; use that", code="outcome")
    if not only_refusals and command.outcome == "not_upheld":
        raise Refused(
            "outcome: something was put right, so it is upheld or partly_upheld; use one of these",
            code="outcome",
        )


def _clauses(remedy: Remedy) -> tuple[str, ...]:
    proposal = remedy.proposal
    standing = proposal.plan.decisions if proposal is not None else ()
    return tuple(dict.fromkeys(each.clause for each in (*remedy.done, *standing) if each.clause))


def todo(result: Result, remedy: Remedy, before: Before, post: Post) -> tuple[Effect, ...]:
    """Return the notice by the next channel while nobody has it."""
    channel = _next_channel(result)
    if channel is None:
        return ()
    key = f"result-notice:{result.number}.{len(result.tried) + 1}"
    slots = _says(result, remedy, before)
    return (post.notice(key, "final_position" if result.final else "result", slots, channel=channel),)


def _says(result: Result, remedy: Remedy, before: Before) -> dict[str, str]:
    """Say how it came out: what was found, what becomes of each harm, by which clause, what comes next."""
    policy, language = before.policy, before.intake.language
    return {
        "summary": "\n".join(filter(None, (result.summary, result.gets, _lines_of_old(result, policy)))),
        "outside_body": policy.outside_body[language],
        "outcome": said.in_(language, said.OUTCOMES[result.outcome]) if result.outcome else "",
        "remedies": result.decided or said.decided(before, remedy.done, language),
        "clauses": said.clauses(policy, result.clauses, language),
        "to_do": said.to_do(result.to_do, result.to_do_by, policy, language),
        "next_step": said.next_step(before, "final_position" if result.final else "result"),
    }


def _lines_of_old(result: Result, policy: Policy) -> str:
    """Wordings from before slots were pinned have no place of their own for what became of each line."""
    return result.decided if not policy.slots else ""


def _next_channel(result: Result) -> Channel | None:
    if result.registered_at is None or result.delivered_at is not None or result.needs_person:
        return None
    return next((channel for channel in result.possible if channel not in result.tried), None)


def came_back(result: Result, fact: CameBack) -> tuple[ResultEvent, ...]:
    """Say what became of the notice; after `tell_result` a late answer is kept as well."""
    place = int(fact.key.rpartition(".")[2])
    channel: Channel = result.possible[place - 1] if place <= len(result.possible) else "post"
    match fact:
        case EffectSucceeded(result=NoticeSent(delivered=True, text=text, digest=digest)):
            return (ResultNotified(key=fact.key, channel=channel, text=text, digest=digest, at=fact.at),)
        case EffectSucceeded():
            return (ResultUndelivered(key=fact.key, channel=channel, why="undelivered", at=fact.at),)
        case _:
            why: Literal["refused", "unknown"] = "refused" if fact.kind == "effect_refused" else "unknown"
            return (ResultUndelivered(key=fact.key, channel=channel, why=why, at=fact.at),)


def evolve(result: Result, event: ResultEvent, possible: tuple[Channel, ...]) -> Result:
    """Apply one event of result; `possible` are the channels that reach this customer."""
    match event:
        case ResultRegistered():
            return Result(
                number=event.number,
                outcome=event.outcome,
                cause=event.cause,
                summary=event.summary,
                gets=event.gets,
                clauses=event.clauses,
                to_do=event.to_do,
                to_do_by=event.to_do_by,
                decided=event.decided,
                prevention=event.prevention,
                final=event.final,
                registered_at=event.at,
                registered_by=event.by.id,
                told_at=result.told_at,
                possible=possible,
            )
        case ResultNotified(key=key) | ResultUndelivered(key=key) if _of_earlier(result, key):
            return result
        case ResultNotified(at=at) | ResultTold(at=at):
            return replace(
                result,
                sent_at=result.sent_at or at,
                delivered_at=result.delivered_at or at,
                told_at=result.told_at or at,
                needs_person=False,
            )
        case ResultUndelivered(channel=channel, why=why, at=at):
            sent = result.sent_at or (at if why == "undelivered" else None)
            tried = tuple(dict.fromkeys((*result.tried, channel)))
            exhausted = result.delivered_at is None and set(result.possible) <= set(tried)
            return replace(result, tried=tried, needs_person=exhausted, sent_at=sent)
        case _:
            assert_never(event)


def _of_earlier(result: Result, key: str) -> bool:
    """Say whether a notice belongs to a result that another one replaced, or that a new round took back."""
    return result.registered_at is None or not key.startswith(f"result-notice:{result.number}.")
