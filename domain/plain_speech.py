"""Words that staff write to a customer are checked when they give them: plain, civil, and blaming nobody.

A case whose policy was pinned before it said how the firm speaks is not held to it.
"""

from collections.abc import Iterator

from domain.contact import LogContact
from domain.ending import AnswerCase, StateFinalPosition
from domain.evidence import Evidence, is_there
from domain.intake import Intake
from domain.message import Command
from domain.plan import LineDecision, Plan
from domain.policy import Policy
from domain.promise import MakePromise
from domain.refusal import Refused
from domain.remedy import ProposeRemedy
from domain.result import RegisterResult
from domain.suggestion import speaks_of
from domain.targets import ExtendClock
from domain.triage import Triage
from domain.wish import AnswerWish
from domain.withdrawal import NoteWithdrawal

Words = tuple[str, str]
"""A field of a command, and what it says."""


def check(policy: Policy, evidence: Evidence, intake: Intake, command: Command) -> None:
    """Hold the words of a command against the policy's list.

    Raises:
        Refused: naming the field, the word, and what to say or do instead.
    """
    if policy.spoken is None:
        return
    for field, text in words_of(command):
        _check_plain(policy, field, text)
        _check_civil(policy, field, text)
        _check_blame(policy, evidence, intake, field, text)
    _check_cause(policy, evidence, intake, command)


def _check_plain(policy: Policy, field: str, text: str) -> None:
    for jargon, plain in jargon_in(policy, text):
        raise Refused(f"{field}: say `{plain}` for `{jargon}`, or say both", code="jargon")


def jargon_in(policy: Policy, text: str) -> Iterator[Words]:
    """Yield each word of the jargon list that stands without its plain form, and the plain form."""
    for jargon, plain in policy.plain_words.items():
        if speaks_of(jargon, text) and plain not in text:
            yield jargon, plain


def _check_civil(policy: Policy, field: str, text: str) -> None:
    for phrase in policy.spoken.harsh if policy.spoken else ():
        if speaks_of(phrase, text):
            raise Refused(f"{field}: nobody writes `{phrase}` to a customer; say it civilly", code="harsh")


def _check_blame(policy: Policy, evidence: Evidence, intake: Intake, field: str, text: str) -> None:
    for phrase in policy.spoken.blames if policy.spoken else ():
        if speaks_of(phrase, text) and not is_there(evidence, policy, intake):
            raise Refused(
                f"{field}: `{phrase}` puts it on the customer, and there is no evidence; "
                "leave it out, or record_evidence first",
                code="blame",
            )


def _check_cause(policy: Policy, evidence: Evidence, intake: Intake, command: Command) -> None:
    """Whoever puts it on the customer, in triage too, needs evidence and a second person's eye (R21)."""
    if not isinstance(command, Triage | RegisterResult | StateFinalPosition):
        return
    if policy.spoken is None or command.cause not in policy.spoken.blaming_causes:
        return
    if not is_there(evidence, policy, intake):
        raise Refused(f"cause: {command.cause} puts it on the customer; record_evidence first", code="blame")
    if evidence.confirmed_by is None:
        meanwhile = ", leave the cause out until then" if isinstance(command, Triage) else ""
        raise Refused(
            f"cause: {command.cause} puts it on the customer; a second person confirms the evidence first "
            f"(confirm_evidence){meanwhile}",
            code="second-person",
        )


def words_of(command: Command) -> Iterator[Words]:
    """Yield every field of a command whose words reach the customer."""
    match command:
        case LogContact(direction="outbound"):
            yield "done_since", command.done_since or ""
            yield "next_step", command.next_step or ""
        case MakePromise(what=what):
            yield "what", what
        case ProposeRemedy(plan=plan):
            yield from _of_plan(plan)
        case AnswerWish(reason=reason):
            yield "reason", reason
        case RegisterResult() | StateFinalPosition():
            yield "summary", command.summary
            yield "to_do", command.to_do
        case AnswerCase(text=text, situation=situation):
            yield "text", text or ""
            yield from ((f"situation.{name}", words) for name, words in situation.items())
        case NoteWithdrawal(reason=reason):
            yield "reason", reason
        case ExtendClock(reasons=reasons):
            yield "reasons", reasons
        case _:
            return


def _of_plan(plan: Plan) -> Iterator[Words]:
    yield "plan.words", plan.words
    yield from _of_decisions("plan.decisions", plan.decisions)
    for place, each in enumerate(plan.alternatives):
        yield f"plan.alternatives[{place}].words", each.words
        yield from _of_decisions(f"plan.alternatives[{place}].decisions", each.decisions)
    yield from ((f"plan.extras[{place}].reason", each.reason) for place, each in enumerate(plan.extras))
    yield from ((f"plan.fees[{place}].reason", each.reason) for place, each in enumerate(plan.fees))


def _of_decisions(where: str, decisions: tuple[LineDecision, ...]) -> Iterator[Words]:
    for place, decision in enumerate(decisions):
        yield f"{where}[{place}].reason", decision.reason or ""
