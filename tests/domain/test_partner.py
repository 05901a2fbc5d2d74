"""A partner is asked to review an improvement and shares in its benefit; both are events of the request."""

from typing import Any

import pytest

from domain.actor import Actor
from domain.improvement import decide
from domain.improvement_events import AcceptImprovement, FinishImprovement
from domain.improvement_state import Improvement
from domain.improvement_view import improvement_view
from domain.money import Money
from domain.partner import AskPartner, RecordReview, ShareBenefit
from domain.refusal import Refused
from domain.theme import LikeCase
from tests.domain.lives import CUSTOMER, POLICY, PUT_RIGHT, RAISED, given, ok, register
from tests.domain.test_improvement import (
    BOOK,
    DAY,
    DONE,
    EMPTY,
    HEAD,
    LEAD,
    NOON,
    WORKER,
    case,
    report,
    told,
)
from tests.domain.test_improvement import (
    RAISED as ASKED_FOR,
)
from tests.domain.test_lesson import LEARNING
from tests.domain.test_treatment import RELATIONS

LATER = NOON + 3 * DAY
MOST = Money(minor=5_000, currency="EUR")
SHARING = BOOK.model_copy(update={"rules": BOOK.rules.model_copy(update={"partner_share": MOST})})


def partners_case(name: str = "c9", partner: str | None = "pia") -> LikeCase:
    return case(name).model_copy(update={"partner": partner})


def raised() -> Improvement:
    reports = [report(partners_case(f"c{n}", "pia" if n == 2 else None)) for n in range(3)]
    return told(EMPTY, *(each.model_copy(update={"book": SHARING}) for each in reports))


def done() -> Improvement:
    return told(
        raised(),
        AcceptImprovement(id="a", by=WORKER, at=NOON),
        FinishImprovement(id="f", by=WORKER, changed="thicker walls", at=NOON + DAY),
    )


def ask(customer: str = "pia", by: Actor = LEAD) -> AskPartner:
    return AskPartner(id="p1", by=by, customer=customer, how="by telephone", at=LATER)


def review(**fields: Any) -> RecordReview:
    known = {"id": "p2", "by": WORKER, "customer": "pia", "verdict": "agrees", "at": LATER}
    return RecordReview(**{**known, "review": "that would do", **fields})


def share(minor: int = 5_000, by: Actor = HEAD) -> ShareBenefit:
    money = Money(minor=minor, currency="EUR")
    return ShareBenefit(id="p3", by=by, customer="pia", share=money, reason="it saved as much", at=LATER)


def test_a_partner_is_asked_takes_part_and_shares_in_what_was_done() -> None:
    request = done()
    for command in (ask(), review(), share()):
        (event,) = decide(request, command)
        assert event.by == command.by
        request = told(request, command)
        assert decide(request, command) == (), "said again it is the same"
    (pia,) = improvement_view(request, head="", unwritten=0, waiting=(), now=LATER).partners
    assert (pia.customer, pia.verdict, pia.share) == ("pia", "agrees", MOST)


def test_only_a_partner_with_a_case_behind_it_is_asked() -> None:
    for request, customer in ((done(), "tom"), (DONE, "pia"), (ASKED_FOR, "pia")):
        with pytest.raises(Refused) as refusal:
            decide(request, ask(customer))
        assert refusal.value.code == "not-a-partner"


def test_nothing_is_shared_before_it_is_done_nor_with_whoever_took_no_part_nor_above_the_limit() -> None:
    with pytest.raises(Refused, match="no meaning"):
        decide(told(raised(), ask(), review()), share())
    scripts: tuple[tuple[Any, ...], ...] = ((), (ask(),), (ask(), review(verdict="declined")))
    for script in scripts:
        with pytest.raises(Refused, match="took no part"):
            decide(told(done(), *script), share())
    for minor in (0, 5_001):
        with pytest.raises(Refused, match="at most"):
            decide(told(done(), ask(), review()), share(minor))
    with pytest.raises(Refused, match="these may"):
        decide(told(done(), ask(), review()), share(by=WORKER))


def test_who_was_not_asked_has_no_review_and_a_policy_may_share_nothing() -> None:
    with pytest.raises(Refused, match="not asked"):
        decide(done(), review())
    joined = told(DONE, report(partners_case(), NOON))
    with pytest.raises(Refused, match="shares nothing"):
        decide(told(joined, ask(), review()), share())


def test_a_further_round_asks_anew() -> None:
    failed = report(case("again", LATER + DAY), LATER + DAY).model_copy(update={"book": SHARING})
    again = told(done(), ask(), review(), share(), failed)
    assert (again.state, again.partners) == ("raised", ())


def test_a_case_says_whether_its_customer_is_a_partner() -> None:
    for partner, expected in ((True, "mira"), (False, None)):
        known = ok("customer", CUSTOMER.model_copy(update={"partner": partner}))
        policy = LEARNING.model_copy(update={"relations": RELATIONS, "clauses": POLICY.clauses})
        life = given(*RAISED[:2], known, *PUT_RIGHT[3:], register(), policy=policy)
        (noted,) = [each for each in life.events if getattr(each, "kind", "") == "lesson_noted"]
        assert noted.case.partner == expected  # type: ignore[attr-defined]  # a lesson has a case
