"""What like cases have in common, what each adds to it, and by which rules a department answers for it."""

from datetime import datetime
from typing import Literal

from domain.calendar import Calendar
from domain.number import number_of
from domain.policy import ImprovementLimits, ImprovementRules, Language, Person, Policy
from domain.record import Id, Instant, Line, Record, canonical

PREFIX = "IMP-"
"""How the number of an improvement request begins; a case number has four letters before its first dash."""

UNNAMED = "unnamed"
"""Stands for a product or feature that a case does not name."""


def is_request(id_: str) -> bool:
    """Say whether events under this id are those of an improvement request."""
    return id_.startswith(PREFIX)


class Theme(Record):
    """What cases must share to be like each other; one improvement request answers for all of them.

    Attributes:
        kind: something that went wrong, something that customers would like, or the figures of a period.
        department: who can change it.
        product: what it is about; of figures the period.
        cause: what it is put down to; of a suggestion the feature that it concerns, of figures the policy.
    """

    kind: Literal["fault", "suggestion", "figures"]
    department: Line
    product: Line
    cause: Line


class LikeCase(Record):
    """What one case adds to its theme.

    Attributes:
        registered_at: when the case knew its cause.
        failed_at: when the failure came to us, by the case's evidence; recurrence is told by it.
        safety: whether somebody may come to harm.
        adopted: a suggestion of which the customer was told that it will be carried out.
        payout: a guarantee paid for it.
        partner: id of its customer, where they were a partner by the policy's rule.
    """

    case_id: Id
    registered_at: Instant
    failed_at: Instant
    safety: bool = False
    adopted: bool = False
    payout: bool = False
    partner: Id | None = None


class Rulebook(Record):
    """What of a policy a request lives by: comes with every case, is pinned when the request is raised."""

    policy: Line
    language: Language
    wording_hash: str
    calendar: Calendar
    levels: tuple[Id, ...]
    people: tuple[Person, ...]
    rules: ImprovementRules


def key_of(theme: Theme) -> str:
    """Return the text that like cases share: how a product is written makes no other theme."""
    same = theme.model_copy(update={"product": _plain(theme.product), "cause": _plain(theme.cause)})
    return canonical(same)


def request_id(secret: str, theme: Theme) -> str:
    """Return the id under which like cases meet: made from their theme, and not to be read back from."""
    return PREFIX + number_of(secret, "improvement", key_of(theme))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def rulebook_of(policy: Policy, rules: ImprovementRules, department: str) -> Rulebook:
    """Return what a request of this department needs of a policy."""
    levels = policy.department(department).levels
    return Rulebook(
        policy=f"{policy.name}/{policy.version}",
        language=policy.language,
        wording_hash=policy.wording_hash,
        calendar=policy.calendar,
        levels=levels,
        people=tuple(each for each in policy.people if each.department == department or each.id in levels),
        rules=rules,
    )


def figures_book(policy: Policy) -> Rulebook | None:
    """Return what an answer to figures needs of a policy; None where nobody answers for them."""
    rules, head = policy.figures, policy.service_head
    if rules is None or head is None or policy.improvement is None:
        return None
    limits = ImprovementLimits(accept=rules.answer, done=rules.answer)
    return Rulebook(
        policy=f"{policy.name}/{policy.version}",
        language=policy.language,
        wording_hash=policy.wording_hash,
        calendar=policy.calendar,
        levels=(head, *rules.late_to),
        people=tuple(each for each in policy.people if each.id == head),
        rules=policy.improvement.model_copy(update={"usual": limits, "safety": limits}),
    )


def within(cases: tuple[LikeCase, ...], *, after: datetime | None, until: datetime) -> tuple[LikeCase, ...]:
    """Return the cases that failed after one instant and not after another."""
    return tuple(
        each for each in cases if (after is None or each.failed_at > after) and each.failed_at <= until
    )
