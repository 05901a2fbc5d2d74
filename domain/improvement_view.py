"""What a person sees of an improvement request, and whether the improvement helped."""

from datetime import datetime, timedelta

from domain.actor import Actor
from domain.figures import Figures
from domain.improvement import deadlines, suggestions
from domain.improvement_state import Improvement
from domain.money import Money
from domain.partner import Verdict
from domain.prosumer import Reply
from domain.record import Id, Instant, Record
from domain.row import Due, ImprovementRow
from domain.theme import UNNAMED, LikeCase, within

DAYS = 30
"""Rates are cases in so many days."""


class Measured(Record):
    """How often like cases failed before the improvement was done and after it, in cases per 30 days.

    Attributes:
        before: over the policy's span before it was done.
        after: since then, over at most the same span; None while not a whole day has passed.
    """

    before: float
    after: float | None
    cases_before: int
    cases_after: int


class PartnerView(Record):
    """How a partner stands to the improvement; None: not yet."""

    customer: Id
    verdict: Verdict | None
    share: Money | None


class ProsumerView(Record):
    """How the customer of a case stands to the invitation; `why_not`: why the last try came to nothing."""

    case: Id
    invited: bool
    reply: Reply | None
    why_not: str | None


class ImprovementView(Record):
    """Everything `redress improvement` needs, from one query.

    Attributes:
        policy: the policy whose rules were pinned when it was raised.
    """

    row: ImprovementRow
    head: str
    unwritten: int
    cases: tuple[LikeCase, ...]
    policy: str | None
    raised_at: Instant | None
    changed: str | None
    done_at: Instant | None
    refusal: str | None
    dues: tuple[Due, ...]
    suggestions: int
    told: int
    waiting: tuple[str, ...]
    measured: Measured | None
    partners: tuple[PartnerView, ...] = ()
    prosumers: tuple[ProsumerView, ...] = ()
    figures: Figures | None = None
    answer: str | None = None
    answered_by: Actor | None = None
    answered_at: Instant | None = None


def improvement_row(request: Improvement) -> ImprovementRow:
    """Return the read model's row: a fold over the events so far."""
    theme, dues = request.theme, deadlines(request)
    return ImprovementRow(
        improvement_id=request.id,
        version=request.version,
        theme=theme.kind if theme else "fault",
        department=theme.department if theme else UNNAMED,
        product=theme.product if theme else UNNAMED,
        cause=theme.cause if theme else UNNAMED,
        state=request.state,
        why=request.why,
        round=request.round,
        cases=request.count,
        payouts=request.payouts,
        first_failed_at=request.first_failed_at,
        last_failed_at=request.last_failed_at,
        months=dict(request.months),
        safety=request.safety,
        owner=request.owner,
        level=request.level,
        falls_due=request.falls_due,
        late=request.misses > 0,
        recurrences=request.recurrences,
        next_due=dues[0].due if dues else None,
        last_at=request.at,
    )


def improvement_view(
    request: Improvement, *, head: str, unwritten: int, waiting: tuple[str, ...], now: datetime
) -> ImprovementView:
    """Return what a person sees."""
    return ImprovementView(
        row=improvement_row(request),
        head=head,
        unwritten=unwritten,
        cases=request.cases,
        policy=request.book.policy if request.book else None,
        raised_at=request.raised_at,
        changed=request.changed,
        done_at=request.done_at,
        refusal=request.refusal,
        dues=tuple(Due(name=each.name, due=each.due) for each in deadlines(request)),
        suggestions=len(suggestions(request)),
        told=len(request.heard),
        waiting=waiting,
        measured=measured(request, now),
        partners=tuple(
            PartnerView(customer=each.customer, verdict=each.verdict, share=each.share)
            for each in request.partners
        ),
        prosumers=tuple(
            ProsumerView(case=each.case, invited=each.invited, reply=each.reply, why_not=each.why_not)
            for each in request.prosumers
        ),
        figures=request.figures,
        answer=request.answer,
        answered_by=request.answered_by,
        answered_at=request.answered_at,
    )


def measured(request: Improvement, now: datetime) -> Measured | None:
    """Return the rates around the last improvement; None where none was made."""
    done, book = request.done_at, request.book
    if done is None or book is None:
        return None
    span = book.rules.measure_over
    until = min(now, done + span)
    before = within(request.cases, after=done - span, until=done)
    after = within(request.cases, after=done, until=until)
    return Measured(
        before=_rate(before, span) or 0.0,
        after=_rate(after, until - done),
        cases_before=len(before),
        cases_after=len(after),
    )


def _rate(cases: tuple[LikeCase, ...], span: timedelta) -> float | None:
    days = span / timedelta(days=1)
    return round(len(cases) * DAYS / days, 2) if days >= 1 else None
