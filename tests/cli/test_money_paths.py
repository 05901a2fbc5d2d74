from typing import Any, get_args

import pytest

from cli.money_paths import PathName, asked_by_key, paths, remedies
from domain.effect import CollectionStatus, DeliveryStatus, Found, RefundFailed, RefundPending
from domain.ending import WithdrawCase
from domain.saga import CancelRemedy, CheckAccount, GiveAccount, HandIn, SkipStep
from tests.domain.lives import (
    AGENT,
    BEYOND_REPAIR,
    BOOKED,
    DELIVERED,
    IN_RECOVERY,
    INSPECTED,
    ISSUED,
    MIRA,
    PAID,
    PAYING,
    PUT_RIGHT,
    RAISED,
    REPAIRED,
    RESERVED,
    SENT_BACK,
    SHIPPED,
    SUPERVISOR,
    UNDONE,
    Life,
    approve,
    decision,
    eur,
    given,
    ok,
    plan,
    propose,
    refused,
    say,
    to_end_of_collection,
    unknown,
    wait,
)
from tests.domain.test_saga_kinds import agreed, part_returned, refund_and_coupon, repairing
from tests.domain.test_saga_settlement import EXPIRED

COLLECTED = to_end_of_collection()
PENDING = RefundPending(reference="pay1")
ACCOUNT = "tok-1"
LOST = DeliveryStatus(delivered=False, lost=True)
BOUNCED = RefundFailed(reference="pay1", reason="the account does not take it", code="returned")
EXCHANGE = agreed(decision("exchange")).told(ok("reserve", RESERVED), ok("ship", SHIPPED))
IN_ADVANCE = agreed(decision("exchange"), collect=True, in_advance=True)


def settled(outcome: Any) -> Life:
    """Return the life of a payout that was taken on first."""
    return given(*PAYING, ok("payout", PENDING), wait(days=1, seconds=1), ok("settle-payout", outcome))


WENT: dict[PathName, Life] = {
    "paid": given(*PUT_RIGHT),
    "asked by key": given(*PAYING, unknown("payout")),
    "parked": given(*PAYING, EXPIRED),
    "collected": given(*COLLECTED, ok("inspect", INSPECTED)),
    "exchanged": EXCHANGE.told(ok("deliver", DELIVERED)),
    "exchanged in advance": IN_ADVANCE.told(
        ok("reserve", RESERVED),
        ok("ship", SHIPPED),
        ok("deliver", DELIVERED),
        ok("collect", BOOKED),
        ok("inspect", INSPECTED),
    ),
    "coupon given": agreed(decision("coupon")).told(ok("coupon", ISSUED)),
    "points given": agreed(decision("points")).told(ok("points", ISSUED)),
    "membership given": agreed(decision("membership")).told(ok("membership", ISSUED)),
    "information given": agreed(decision("information")).told(ok("information", ISSUED)),
    "voucher taken back": refund_and_coupon().told(
        ok("coupon", ISSUED), refused("payout"), ok("undo-coupon", UNDONE)
    ),
    "approved": given(*IN_RECOVERY, propose(plan(decision("refund", amount=eur(20_000)))), approve()),
    "repaired": repairing().told(ok("repair", REPAIRED), ok("return", SENT_BACK), ok("returned", DELIVERED)),
    "not repairable": repairing().told(ok("repair", BEYOND_REPAIR)),
    "goods given back": repairing().told(ok("repair", BEYOND_REPAIR), ok("undo-inspect", SENT_BACK)),
    "settled later": settled(PAID),
    "settlement failed": settled(BOUNCED),
    "paid to another account": given(
        *PAYING,
        EXPIRED,
        say(GiveAccount, AGENT, account=ACCOUNT),
        say(CheckAccount, SUPERVISOR, account=ACCOUNT),
        ok("payout", PAID),
    ),
    "handed in at a store": given(*COLLECTED, say(HandIn, AGENT, store="north", receipt="r1")),
    "nobody met": given(*COLLECTED, ok("inspect", CollectionStatus(arrived=False, no_show=True))),
    "lost from the customer": given(*COLLECTED, ok("inspect", CollectionStatus(arrived=False, lost=True))),
    "lost to the customer": EXCHANGE.told(ok("deliver", LOST)),
    "part came back": part_returned(),
    "cancelled": given(*PAYING, say(CancelRemedy, MIRA, reason="never mind")),
    "withdrawn midway": given(*PAYING, say(WithdrawCase, MIRA)),
    "taken back": given(*PAYING, refused("payout")),
}


def test_every_way_is_tried_here() -> None:
    assert {*WENT} == {*get_args(PathName)}


@pytest.mark.parametrize("path", WENT)
def test_a_way_that_a_remedy_went_is_told_by_its_events(path: PathName) -> None:
    assert path in paths(WENT[path].events)


@pytest.mark.parametrize("path", WENT)
def test_a_way_is_not_told_before_its_last_event(path: PathName) -> None:
    """A way that shows too early could be missed in fact and still count as gone."""
    events = WENT[path].events
    told = [path in paths(events[:length]) for length in range(len(events) + 1)]
    first = told.index(True)
    assert not any(told[:first])
    assert len(events) - first < 5, "it shows with the last thing that happened"


def test_a_case_without_a_remedy_went_no_way() -> None:
    events = given(*RAISED).events
    assert (paths(events), asked_by_key(events), remedies(events)) == (set(), 0, set())


def test_what_a_person_did_by_hand_is_no_proof() -> None:
    stuck = given(*COLLECTED, ok("inspect", CollectionStatus(arrived=True, finding="missing")))
    skipped = stuck.told(say(SkipStep, SUPERVISOR, step="inspect", reason="believed"))
    assert "collected" not in paths(skipped.events)


def test_a_withdrawal_after_the_end_of_a_remedy_is_not_midway() -> None:
    assert "withdrawn midway" not in paths(given(*PUT_RIGHT, say(WithdrawCase, MIRA)).events)


def test_every_question_after_an_unknown_outcome_counts_and_agreed_remedies_are_known() -> None:
    events = given(*PAYING, unknown("payout"), ok("ask-payout", Found(outcome=PAID))).events
    assert (asked_by_key(events), remedies(events)) == (1, {"refund"})
