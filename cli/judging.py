"""Judges every case that was played, from the ledger alone, against what its script wrote down before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cli.fair_entries import entries_of, pinned_of
from cli.fair_period import as_of
from cli.parts import Deed, Played
from cli.planted import Comparison, Found, compared, found_in
from domain.ending import AnswerNotified, CaseEnded
from domain.fairness import report
from domain.happy_call import HappyCallAnswered
from domain.message import Event
from domain.policy import Policy
from domain.remedy import RoundOpened
from domain.result import ResultNotified, ResultTold
from ledger.fold import events_of
from ledger.store import EventStore

WITHOUT_NOTICE = ("withdrawn", "joined")
"""Ends that owe no notice of a result: the customer ended it, or it goes on as another case."""


@dataclass(frozen=True, slots=True)
class Script:
    """What a script wrote down, before any rule ran.

    Attributes:
        planted: faults that were carried out.
        refused: what was tried and refused by the engine.
        not_planted: faults that never got their chance, by case.
    """

    planted: tuple[Deed, ...]
    refused: tuple[Deed, ...]
    not_planted: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reopened:
    """Bad happy calls while a round was left, and how many of them reopened the case."""

    dissatisfied: int
    reopened: int


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether everything planted was found, nothing else, and nobody was left without an answer.

    Attributes:
        ended_without_notice: cases that ended, neither withdrawn nor joined, with nobody told.
    """

    script: Script
    found: tuple[Found, ...]
    comparison: Comparison
    reopened_of_dissatisfied: Reopened
    ended_without_notice: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether all of it holds."""
        again = self.reopened_of_dissatisfied
        return (
            self.comparison.holds and again.reopened == again.dissatisfied and not self.ended_without_notice
        )


def script_of(played: Sequence[Played]) -> Script:
    """Return what the script wrote down while the cases were played."""
    deeds = [deed for each in played for deed in each.deeds]
    return Script(
        planted=tuple(deed for deed in deeds if deed.refused is None),
        refused=tuple(deed for deed in deeds if deed.refused is not None),
        not_planted={each.number: each.fault for each in played if each.fault and not each.deeds},
    )


async def judged(store: EventStore, script: Script, numbers: Sequence[str]) -> Proof:
    """Judge the cases as they stand in the ledger, and hold that against the script."""
    policies = await store.policies()
    found: list[Found] = []
    again: list[Reopened] = []
    silent: list[str] = []
    for number in numbers:
        recorded = await store.read(number)
        entries, events = entries_of(recorded), events_of(recorded)
        pinned = pinned_of(entries, policies)
        if pinned is None:
            raise AssertionError(f"{number}: the policy under which it was played is not in the ledger")
        found += found_in(number, report(entries, pinned, as_of(entries, datetime.now(UTC))).findings)
        again.append(reopened(events, pinned))
        silent += [number] if ended_without_notice(events) else []
    return Proof(
        script=script,
        found=tuple(found),
        comparison=compared((*script.planted, *script.refused), found),
        reopened_of_dissatisfied=Reopened(
            sum(each.dissatisfied for each in again), sum(each.reopened for each in again)
        ),
        ended_without_notice=tuple(silent),
    )


def reopened(events: Sequence[Event], policy: Policy) -> Reopened:
    """Count the bad answers while a round was left, and those that were followed by another round."""
    bad = list(_bad_answers(events, policy))
    followed = [
        place for place in bad if any(isinstance(event, RoundOpened) for event in _until_asked(events, place))
    ]
    return Reopened(dissatisfied=len(bad), reopened=len(followed))


def _bad_answers(events: Sequence[Event], policy: Policy) -> Iterator[int]:
    round_ = 1
    for place, event in enumerate(events):
        if isinstance(event, RoundOpened):
            round_ = event.round
        if isinstance(event, HappyCallAnswered) and event.bad and round_ < policy.max_rounds:
            yield place


def _until_asked(events: Sequence[Event], place: int) -> Iterator[Event]:
    """Yield what followed an answer, up to the next one."""
    for event in events[place + 1 :]:
        if isinstance(event, HappyCallAnswered | CaseEnded):
            return
        yield event


def ended_without_notice(events: Sequence[Event]) -> bool:
    """Say whether a case ended though the customer was told nothing.

    Where every channel was tried in vain a person tells them (`tell_result`), and that stands in the ledger.
    """
    end = next((event.end for event in events if isinstance(event, CaseEnded)), None)
    return end is not None and end not in WITHOUT_NOTICE and not any(map(_is_told, events))


def _is_told(event: Event) -> bool:
    return isinstance(event, ResultNotified | ResultTold) or (
        isinstance(event, AnswerNotified) and event.delivered
    )
