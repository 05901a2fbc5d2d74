"""What a script planted against what the rules found: which rule finds which fault, and whether that held.

Only here do the script's faults and the rules of fairness meet; neither knows the other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cli.parts import Deed
from domain.fairness_limits import RuleId
from domain.finding import Finding
from sandbox.staff_faults import ATTEMPTS, StaffFault


@dataclass(frozen=True, slots=True)
class Traces:
    """The rules that can find a fault.

    Attributes:
        surely: of these one finds it wherever it was carried out.
        perhaps: what may follow from it as well.
    """

    surely: tuple[RuleId, ...]
    perhaps: tuple[RuleId, ...] = ()


TRACES: Mapping[StaffFault, Traces] = {
    "turned_away": Traces(("P1",)),
    "story_again": Traces(("P3",)),
    "kept_waiting": Traces(("P3",)),
    "handed_around": Traces(("P3",)),
    "let_lie": Traces(("P4",)),
    "no_word": Traces(("P4",)),
    "late_answer": Traces(("O4",)),
    "dear_fee": Traces(("O3",)),
    "own_fault_later": Traces(("O5",)),
    "no_gesture": Traces(("I5",), ("P4",)),
    "never_sorry": Traces(("R4",)),
    "empty_words": Traces(("I1",)),
    "unexplained_rule": Traces(("P5",)),
    "request_ignored": Traces(("I4",)),
    "anger": Traces(("I3",)),
    "hung_up": Traces(("I3",)),
    "cold_courtesy": Traces(("I1",)),
    "solicited": Traces(("S1",)),
    "post_taken_down": Traces(("P2",)),
}
"""Every fault that can be carried out; an attempt that is refused leaves nothing to be found."""


@dataclass(frozen=True, slots=True)
class Found:
    """One finding in a case."""

    case: str
    rule: RuleId
    about: str


@dataclass(frozen=True, slots=True)
class Counted:
    """One kind of fault: how often it was planted, found, and by which rules."""

    fault: StaffFault
    planted: int
    found: int
    rules: dict[RuleId, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was planted and what was found.

    Attributes:
        missed: faults that were carried out and that no rule found which must.
        unexplained: findings in a case without a fault that can cause them.
        let_through: attempts that the engine should have refused.
    """

    counted: tuple[Counted, ...]
    missed: tuple[Deed, ...]
    unexplained: tuple[Found, ...]
    let_through: tuple[Deed, ...]

    @property
    def holds(self) -> bool:
        """Whether everything planted was found, and nothing else."""
        return not (self.missed or self.unexplained or self.let_through)


def found_in(case: str, findings: Iterable[Finding]) -> tuple[Found, ...]:
    """Return what was found in a case."""
    return tuple(Found(case, each.rule, each.about) for each in findings)


def compared(deeds: Sequence[Deed], found: Sequence[Found]) -> Comparison:
    """Hold what the script wrote down against what the rules found.

    Args:
        deeds: what was carried out, and what was tried and refused.
        found: every finding of every case, also of those in which nothing was planted.
    """
    done = tuple(deed for deed in deeds if deed.fault not in ATTEMPTS and deed.refused is None)
    ruled = {(each.case, each.rule) for each in found}
    traced = {
        (deed.case, rule)
        for deed in done
        for rule in (*TRACES[deed.fault].surely, *TRACES[deed.fault].perhaps)
    }
    return Comparison(
        counted=tuple(_counted(done, ruled)),
        missed=tuple(deed for deed in done if not _is_found(deed, ruled)),
        unexplained=tuple(each for each in found if (each.case, each.rule) not in traced),
        let_through=tuple(deed for deed in deeds if deed.fault in ATTEMPTS and deed.refused is None),
    )


def _is_found(deed: Deed, ruled: set[tuple[str, RuleId]]) -> bool:
    return any((deed.case, rule) in ruled for rule in TRACES[deed.fault].surely)


def _counted(done: Sequence[Deed], ruled: set[tuple[str, RuleId]]) -> Iterable[Counted]:
    for fault, traces in TRACES.items():
        own = [deed for deed in done if deed.fault == fault]
        rules = Counter(
            rule for deed in own for rule in (*traces.surely, *traces.perhaps) if (deed.case, rule) in ruled
        )
        if own:
            yield Counted(fault, len(own), sum(_is_found(deed, ruled) for deed in own), dict(rules))
