"""V9: every bad happy call was followed by a reopening, and every end met its conditions."""

from collections.abc import Collection, Iterator, Mapping
from functools import reduce

from cli.checks.evidence import Ledger, whole
from domain import amendment
from domain.actor import Role
from domain.after_care import AfterCareStopped
from domain.amendment import AmendmentEvent
from domain.case import CaseEvent
from domain.ending import AnswerNotified, CaseEnded, WithdrawalRecorded
from domain.happy_call import DoubleDeviation, FollowUpGivenUp, HappyCallAnswered, ScoreSolicited
from domain.intake import CaseOpened
from domain.joining import CaseJoined, CaseTakenIn
from domain.policy import Policy
from domain.promise import PromiseBroken, PromiseKept, PromiseMade
from domain.remedy import RoundOpened
from domain.result import ResultNotified, ResultRegistered, ResultTold
from domain.retention import ChurnFlagged
from domain.saga import PAYOUTS, StepBegun
from domain.supervisor import SupervisorEvent, SupervisorRequested, SupervisorRequestMissed
from domain.withdrawal import WithdrawalNoted, WithdrawalUncontradicted
from ledger.breach import Breach


def ending_breaches(ledger: Ledger, policies: Mapping[str, Policy]) -> tuple[Breach, ...]:
    """Name every bad answer that nobody acted on and every end that came without its conditions.

    Args:
        ledger: every case's events.
        policies: the pinned policies by the hash of their content; they say how many rounds there are.
    """
    known = dict(whole(ledger))
    taken = {
        (case_id, event.case)
        for case_id, happened in known.items()
        for event in happened
        if isinstance(event, CaseTakenIn)
    }
    return tuple(
        Breach("V9", case_id, what)
        for case_id, happened in known.items()
        for what in (*_faults(happened, policies), *_untaken(case_id, happened, known, taken))
    )


def _untaken(
    case_id: str,
    happened: tuple[CaseEvent, ...],
    known: Mapping[str, tuple[CaseEvent, ...]],
    taken: Collection[tuple[str, str]],
) -> Iterator[str]:
    """A case that ended as joined is part of the other one, as that one's own events say."""
    for event in happened:
        if isinstance(event, CaseJoined) and event.into in known and (event.into, case_id) not in taken:
            yield f"it was joined into {event.into}, which has not taken it in"


def _faults(happened: tuple[CaseEvent, ...], policies: Mapping[str, Policy]) -> Iterator[str]:
    yield from _unanswered(happened, policies)
    ends = [(place, event) for place, event in enumerate(happened) if isinstance(event, CaseEnded)]
    for place, ended in ends:
        missing = _missing(ended, happened[:place])
        if missing:
            yield f"it ended as {ended.end}, and {missing}"
    if len(ends) > 1:
        yield f"it ended {len(ends)} times"


# A bad happy call. -----------------------------------------------------------------------------------------


def _unanswered(happened: tuple[CaseEvent, ...], policies: Mapping[str, Policy]) -> Iterator[str]:
    """The reopening is a consequence of the answer itself, so nothing else stands between them."""
    for place, event in enumerate(happened):
        if not isinstance(event, HappyCallAnswered) or not event.bad:
            continue
        before = happened[:place]
        reopened = isinstance(_next_but(SAID_WITH_IT, happened[place + 1 :]), RoundOpened)
        if not reopened and not _no_round_left(before, policies) and not _withdrawn(before):
            yield f"the happy call was bad ({', '.join(event.bad)}) and no round was opened"


SAID_WITH_IT = (ScoreSolicited, DoubleDeviation, ChurnFlagged, AfterCareStopped)
"""What the same answer tells besides."""


def _next_but(passed_over: tuple[type, ...], happened: tuple[CaseEvent, ...]) -> CaseEvent | None:
    return next((event for event in happened if not isinstance(event, passed_over)), None)


def _no_round_left(happened: tuple[CaseEvent, ...], policies: Mapping[str, Policy]) -> bool:
    """Say whether the bounded rounds are used up: then a supervisor decides, and nothing opens by itself."""
    rounds = max((event.round for event in happened if isinstance(event, RoundOpened)), default=1)
    policy = _policy(happened, policies)
    return policy is None or rounds >= policy.max_rounds


def _policy(happened: tuple[CaseEvent, ...], policies: Mapping[str, Policy]) -> Policy | None:
    """Return the policy that held after these events."""
    first = happened[0] if happened else None
    pinned = policies.get(first.policy_hash) if isinstance(first, CaseOpened) else None
    if pinned is None:
        return None
    return reduce(
        amendment.evolve, [event for event in happened if isinstance(event, AmendmentEvent)], pinned
    )


# Ends. -----------------------------------------------------------------------------------------------------


def _missing(ended: CaseEnded, happened: tuple[CaseEvent, ...]) -> str | None:
    """Return what this end lacks, None where it has everything."""
    if ended.end != "joined" and _supervisor_waited_for(happened) and not _taken_back(happened):
        return "the customer was waiting for a supervisor"
    present = _present_round(happened)
    match ended.end:
        case "recovered":
            return _not_recovered(ended, present)
        case "final_position":
            return None if _final_and_told(present) else "no final position was delivered in its last round"
        case "unconfirmed":
            given_up = any(isinstance(event, FollowUpGivenUp) for event in present)
            return None if given_up else "nobody had given the follow-up up"
        case "withdrawn":
            return None if _withdrawn(happened) else "the customer had not withdrawn it"
        case "answered":
            told = any(isinstance(event, AnswerNotified) and event.delivered for event in happened)
            return None if told else "no answer had been delivered"
        case "joined":
            return _not_joined(happened)
        case _:
            return None


def _not_joined(happened: tuple[CaseEvent, ...]) -> str | None:
    """Nothing that runs may end with a join: no money, and no promise whose clock would stop."""
    if not any(isinstance(event, CaseJoined) for event in happened):
        return "no other case had taken it in"
    if any(isinstance(event, StepBegun) and event.step in PAYOUTS for event in happened):
        return "a money step had begun"
    made = [event.number for event in happened if isinstance(event, PromiseMade)]
    done = [event.number for event in happened if isinstance(event, PromiseKept | PromiseBroken)]
    past = [event.supersedes for event in happened if isinstance(event, PromiseMade)]
    return "a promise was open" if set(made) - {*done, *past} else None


def _present_round(happened: tuple[CaseEvent, ...]) -> tuple[CaseEvent, ...]:
    """Return the events since the last round opened: what a round says counts for that round only."""
    opened = [place for place, event in enumerate(happened) if isinstance(event, RoundOpened)]
    return happened[opened[-1] :] if opened else happened


def _not_recovered(ended: CaseEnded, present: tuple[CaseEvent, ...]) -> str | None:
    answers = [event for event in present if isinstance(event, HappyCallAnswered)]
    if not answers:
        return "no happy call was answered in its last round"
    if answers[-1].bad:
        return f"the happy call was bad ({', '.join(answers[-1].bad)})"
    if ended.due is None or ended.due < answers[-1].at:
        return "the reopen window had not passed"
    return None


def _final_and_told(present: tuple[CaseEvent, ...]) -> bool:
    registered = [place for place, event in enumerate(present) if isinstance(event, ResultRegistered)]
    if not registered:
        return False
    last = present[registered[-1]]
    told = any(isinstance(event, ResultNotified | ResultTold) for event in present[registered[-1] :])
    return isinstance(last, ResultRegistered) and last.final and told


def _supervisor_waited_for(happened: tuple[CaseEvent, ...]) -> bool:
    """Say whether a request for a supervisor stood: neither met nor taken back."""
    said = [event for event in happened if isinstance(event, SupervisorEvent)]
    last = [event for event in said if not isinstance(event, SupervisorRequestMissed)][-1:]
    return any(isinstance(event, SupervisorRequested) for event in last)


def _taken_back(happened: tuple[CaseEvent, ...]) -> bool:
    """Say whether the customer took the complaint back in person."""
    return any(isinstance(event, WithdrawalRecorded) and event.by.role is Role.CUSTOMER for event in happened)


def _withdrawn(happened: tuple[CaseEvent, ...]) -> bool:
    """By the customer, or by staff's hand where the customer was told and did not contradict."""
    return any(
        isinstance(event, WithdrawalRecorded)
        and (event.by.role is Role.CUSTOMER or _uncontradicted(happened[:place]))
        for place, event in enumerate(happened)
    )


def _uncontradicted(before: tuple[CaseEvent, ...]) -> bool:
    """Say whether what staff noted last was told and stood; a contradiction takes it away."""
    said = [event for event in before if isinstance(event, WithdrawalNoted | WithdrawalUncontradicted)]
    return bool(said) and isinstance(said[-1], WithdrawalUncontradicted)
