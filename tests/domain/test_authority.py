from datetime import UTC, datetime, timedelta

import pytest

from domain import authority, remedy
from domain.actor import Role
from domain.authority import AuthorityReleased, Bound, period_of
from domain.effect import (
    AuthorityAnswer,
    CollectionStatus,
    Contact,
    Effect,
    OrderLine,
    RefundPaid,
    ReleaseAuthority,
    ReserveAuthority,
)
from domain.ending import WithdrawCase
from domain.message import EffectSucceeded
from domain.money import Money
from domain.plan import Alternative
from domain.policy import Period, Policy
from domain.remedy import ApproveRemedy, Remedy, RoundOpened
from domain.saga import CancelRemedy, SkipStep
from domain.triage import ClaimHarm, HarmLine
from domain.view import view
from tests.domain.lives import (
    ADDED_UP,
    AGENT,
    BOOKED,
    FREED,
    HEAD,
    IN_RECOVERY,
    LOST_NOTICE,
    MIRA,
    MONDAY,
    NOTICE,
    ORDER,
    OWNED,
    OWNER,
    PAID,
    POLICY,
    RAISED,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    WITHIN,
    Answer,
    Item,
    Life,
    accept,
    approve,
    contact,
    decision,
    decline,
    eur,
    given,
    ok,
    opening,
    plan,
    propose,
    refused,
    reject,
    say,
    standing,
    totals,
    triage,
    unknown,
    wait,
)

DEAR = plan(decision(amount=eur(20_000)))
DEARER = plan(decision(amount=eur(21_000)))
KIND = plan(decision("goodwill_credit", ground="goodwill", amount=eur(20_000)), gestures=())
RESERVING: tuple[Item, ...] = (*IN_RECOVERY, propose())
OFFERED: tuple[Item, ...] = (*RESERVING, ok("authority:1", WITHIN))
WAITING: tuple[Item, ...] = (*IN_RECOVERY, propose(DEAR))
PUT_RIGHT: tuple[Item, ...] = (*OFFERED, accept(), ok("payout", PAID))


def lived(*items: Item, policy: Policy = ADDED_UP) -> Life:
    """Return a life under the policy with sums."""
    return given(*items, policy=policy)


def exceeded(person: int, customer: int | None = 0) -> AuthorityAnswer:
    """Return the ledger's answer that a sum is used up."""
    had = None if customer is None else eur(customer)
    return AuthorityAnswer(state="exceeded", person_used=eur(person), customer_used=had)


def state(life: Life) -> str:
    """Return the state of the standing proposal."""
    assert life.case.remedy.proposal is not None
    return life.case.remedy.proposal.state


def request(life: Life, key: str) -> ReserveAuthority:
    """Return what the ledger is asked under a key."""
    [found] = [each.request for each in remedy_effects(life) if each.key == key]
    assert isinstance(found, ReserveAuthority)
    return found


def remedy_effects(life: Life) -> tuple[Effect, ...]:
    """Return what the remedy has to tell the ledger."""
    return authority.todo(life.case.remedy.reservations)


# Reserving. ------------------------------------------------------------------------------------------------


def test_a_proposal_within_its_own_limit_reserves_before_it_is_offered() -> None:
    life = lived(*IN_RECOVERY).when(propose()).then("remedy_proposed")
    assert (state(life), life.owed) == ("reserving", ("authority:1",))
    asked = request(life, "authority:1")
    assert (asked.person, asked.customer, asked.period) == ("ann", "mira", "2026-11")
    assert (asked.person_limit, asked.customer_limit, asked.amount) == (eur(30_000), eur(20_000), eur(9_000))
    assert asked.proposal == standing(life.case)
    life = life.when(ok("authority:1", WITHIN)).then("authority_reserved", "remedy_offered")
    assert (state(life), life.owed) == ("offered", ())


def test_a_policy_without_sums_decides_at_once_as_before() -> None:
    given(*IN_RECOVERY).when(propose()).then("remedy_proposed", "remedy_offered")


def test_a_role_without_sums_has_its_single_limit_only() -> None:
    only_owners = {Role.OWNER: totals(15_000, 30_000, 20_000)}
    policy = ADDED_UP.model_copy(update={"authority_totals": only_owners})
    lived(*IN_RECOVERY, policy=policy).when(propose(by=SUPERVISOR)).then("remedy_proposed", "remedy_offered")


def test_words_reserve_nothing() -> None:
    said = propose(plan(decision("apology")))
    lived(*IN_RECOVERY).when(said).then("remedy_proposed", "remedy_agreed", "saga_begun", "remedy_done")


def test_an_unknown_customer_is_not_added_up() -> None:
    life = lived(opening(contact=Contact(phone="555")), triage(), *OWNED[5:], contact())
    life = life.told(*RAISED[3:4], propose())
    assert request(life, "authority:1").customer is None
    life = life.when(ok("authority:1", exceeded(25_000, None))).then("authority_exceeded", "attempt_refused")
    assert life.last("authority_exceeded").over == ("person",)


@pytest.mark.parametrize(
    ("person", "customer", "over", "whose"),
    [
        (21_001, 0, ("person",), "this person in the period"),
        (0, 11_001, ("customer",), "this customer in the period"),
        (30_000, 20_000, ("person", "customer"), "this person in the period and of this customer"),
    ],
)
def test_splitting_is_seen_named_and_decided_by_a_second_person(
    person: int, customer: int, over: tuple[Bound, ...], whose: str
) -> None:
    answer = lived(*RESERVING).when(ok("authority:1", exceeded(person, customer)))
    life = answer.then("authority_exceeded", "attempt_refused")
    assert answer.event("authority_exceeded").over == over
    tried = answer.event("attempt_refused")
    assert (tried.command, tried.code, tried.by) == ("propose_remedy", "splitting", OWNER)
    assert whose in tried.reason
    assert state(life) == "waiting_approval"
    assert life.dues["remedy/approval:1"] == MONDAY + timedelta(hours=4)
    life.when(approve()).then("remedy_approved", "remedy_offered")


@pytest.mark.parametrize("how", [unknown("authority:1"), refused("authority:1")])
def test_where_the_ledger_does_not_answer_a_second_person_decides(how: Item) -> None:
    life = lived(*RESERVING).when(how).then("authority_unknown")
    assert state(life) == "waiting_approval"
    assert view(life.case, head="", unwritten=0).proposal.over == ("unknown",)  # type: ignore[union-attr]
    life.when(approve()).then("remedy_approved", "remedy_offered")


def test_nothing_is_approved_or_answered_while_it_reserves() -> None:
    life = lived(*RESERVING)
    life.when(approve()).then_refused("it is reserving", "reserving")
    life.when(accept()).then_refused("it is reserving", "reserving")
    assert view(life.case, head="", unwritten=0).proposal.approver is None  # type: ignore[union-attr]


def more(life: Life, amount: int = 9_000) -> Answer:
    """Claim another harm once the first is put right, and propose money for it as well."""
    life = life.told(say(ClaimHarm, MIRA, line=HarmLine(id="time", harm="time")))
    return life.when(propose(plan(decision(harm_line="time", amount=eur(amount)))))


def test_the_sum_of_a_case_is_seen_at_once() -> None:
    answer = more(lived(*PUT_RIGHT))
    life = answer.then("remedy_proposed", "attempt_refused")
    assert answer.event("remedy_proposed").over == ("case",)
    assert "this case" in answer.event("attempt_refused").reason
    assert state(life) == "waiting_approval"
    assert life.owed == ()
    more(lived(*PUT_RIGHT), 6_000).then("remedy_proposed")


def test_what_was_undone_does_not_count_for_the_case() -> None:
    life = lived(*OFFERED, accept(), refused("payout"))
    assert life.owed == ("authority-release:1",)
    life.when(propose()).then("remedy_proposed")


def test_a_case_remembers_what_it_gave_in_earlier_rounds() -> None:
    life = lived(*PUT_RIGHT)
    later = remedy.evolve(life.case.remedy, RoundOpened(round=2, cause="customer", reason="x", at=MONDAY))
    assert later.given == 9_000


# What was left over. ---------------------------------------------------------------------------------------

SWAP_OR_MONEY = (
    Alternative(id="less", decisions=(decision(amount=eur(2_000)),)),
    Alternative(id="swap", decisions=(decision("exchange"),)),
)


def choosing(*more: Item) -> Life:
    """Return the life in which the dearest of three remedies is reserved and the customer may choose."""
    offer = propose(plan(decision(amount=eur(9_000)), alternatives=SWAP_OR_MONEY))
    return lived(*IN_RECOVERY, offer, ok("authority:1", WITHIN), *more)


def test_the_unused_rest_of_the_dearest_is_let_go_once_a_cheaper_one_was_chosen() -> None:
    assert request(
        lived(*IN_RECOVERY, propose(plan(alternatives=SWAP_OR_MONEY))), "authority:1"
    ).amount == eur(9_000)
    life = choosing(accept(choice="less"))
    asked = request(life, "authority-rest:1")
    assert (asked.amount, asked.proposal) == (eur(2_000), standing(life.case))
    assert (asked.person_limit, asked.customer_limit) == (None, None)
    life = life.when(ok("authority-rest:1", WITHIN)).then("authority_lessened")
    life = life.told(ok("payout", RefundPaid(reference="p", amount=eur(2_000))))
    assert (life.case.remedy.given, life.owed, life.case.remedy.reservations) == (2_000, (), ())


def test_the_dearest_one_chosen_leaves_nothing_over_and_a_swap_everything() -> None:
    assert "authority-rest:1" not in choosing(accept(choice="main")).owed
    life = choosing(accept(choice="swap"))
    assert "authority-release:1" in life.owed
    life = life.told(ok("authority-release:1", FREED), say(CancelRemedy, MIRA, reason="no"))
    assert life.case.remedy.reservations == ()


def test_a_second_persons_approval_is_told_before_what_was_left_over() -> None:
    dear = plan(decision(amount=eur(20_000)), alternatives=SWAP_OR_MONEY)
    life = lived(*IN_RECOVERY, propose(dear), approve(), accept(choice="less"))
    assert [key for key in life.owed if key.startswith("authority")] == ["authority-count:1"]
    life = life.told(ok("authority-count:1", WITHIN))
    asked = request(life, "authority-rest:1")
    assert (asked.amount, asked.approved, asked.person) == (eur(2_000), True, "sue")


def test_what_was_kept_or_skipped_does_not_count_once_the_remedy_was_carried_out() -> None:
    life = lived(*OFFERED)
    life = life.told(accept(), refused("payout", "expired", code="means-expired"))
    life = life.told(say(SkipStep, HEAD, step="payout", reason="settled at the till"))
    assert life.last("remedy_done").given == eur(0)
    assert life.case.remedy.given == 0
    assert "authority-release:1" in life.owed
    parts = tuple(OrderLine(line_id=f"l{n}", product="cup", price=eur(3_000)) for n in (1, 2, 3))
    kept = lived(
        *RAISED[:3],
        ok("order", ORDER.model_copy(update={"lines": parts})),
        *IN_RECOVERY[4:],
        propose(plan(collect=True)),
        ok("authority:1", WITHIN),
        accept(),
        ok("collect", BOOKED),
        ok("inspect", CollectionStatus(arrived=True, finding="part_returned", returned=("l1",))),
        ok("payout", RefundPaid(reference="p", amount=eur(3_000))),
        say(SkipStep, HEAD, step="rest_payout", reason="kept the cups"),
    )
    assert kept.last("remedy_done").given == eur(3_000)
    assert request(kept, "authority-given:1").amount == eur(3_000)
    kept = kept.when(ok("authority-given:1", WITHIN)).then("authority_lessened")
    assert kept.case.remedy.reservations == ()


def test_a_release_that_nobody_answered_is_not_asked_for_again() -> None:
    life = lived(*OFFERED, decline(), unknown("authority-release:1"))
    life.when(propose(plan(decision(amount=eur(9_500))))).then("remedy_proposed")
    assert life.case.remedy.reservations == ()


# Releasing. ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "gone",
    [
        (decline(),),
        (wait(days=20),),
        (accept(), refused("payout")),
        (say(WithdrawCase, MIRA),),
    ],
    ids=["declined", "expired", "compensated", "withdrawn"],
)
def test_what_comes_to_nothing_is_released_once(gone: tuple[Item, ...]) -> None:
    life = lived(*OFFERED, *gone)
    assert "authority-release:1" in life.owed
    hash_ = life.case.remedy.hashes[0]
    [effect] = remedy_effects(life)
    assert effect.request == ReleaseAuthority(proposal=hash_)
    life = life.when(ok("authority-release", FREED)).then("authority_released")
    assert "authority-release:1" not in life.owed
    assert life.case.remedy.reservations == ()


def test_a_rejected_proposal_is_released_even_where_nobody_knows_if_it_counted() -> None:
    life = lived(*RESERVING, unknown("authority:1"), reject())
    assert life.owed == ("authority-release:1",)


def test_what_was_put_right_counts_for_good() -> None:
    life = lived(*PUT_RIGHT)
    assert (life.owed, life.case.remedy.reservations) == ((), ())


def test_a_newer_proposal_releases_the_one_before_it() -> None:
    life = lived(*RESERVING, propose())
    assert life.owed == ("authority-release:1", "authority:2")
    late = EffectSucceeded(at=MONDAY, key="authority:1", result=WITHIN)
    life = life.when(late).then("authority_reserved")
    assert (state(life), life.owed) == ("reserving", ("authority-release:1", "authority:2"))
    life = life.told(ok("authority-release:1", FREED))
    again = EffectSucceeded(
        at=MONDAY, key="authority:1", result=WITHIN.model_copy(update={"state": "released"})
    )
    life.when(again).then("authority_unknown")
    life.when(ok("authority:2", WITHIN)).then("authority_reserved", "remedy_offered")


def test_an_exceeded_answer_that_comes_too_late_is_no_attempt() -> None:
    life = lived(*RESERVING, propose())
    late = EffectSucceeded(at=MONDAY, key="authority:1", result=exceeded(99_000))
    life.when(late).then("authority_exceeded")
    assert state(life) == "reserving"


def test_a_withdrawn_case_ends_and_is_over_once_it_is_released() -> None:
    life = lived(*RESERVING).when(say(WithdrawCase, MIRA)).then("withdrawal_recorded", "case_ended")
    assert (life.over, life.owed) == (False, ("authority-release:1",))
    assert life.told(ok("authority-release", FREED)).over


def test_a_round_that_opens_over_an_offer_releases_it() -> None:
    life = lived(*OFFERED)
    later = remedy.evolve(life.case.remedy, RoundOpened(round=2, cause="appeal", reason="x", at=MONDAY))
    assert [each.wants for each in later.reservations] == ["release"]
    gone = AuthorityReleased(key="authority-release:1", hash=later.hashes[0], at=MONDAY)
    assert remedy.evolve(later, gone).reservations == ()


def test_a_release_that_nobody_confirms_is_not_asked_for_again() -> None:
    life = lived(*OFFERED, decline()).when(unknown("authority-release:1")).then("authority_unknown")
    assert (life.owed, state(life)) == ((), "declined")


# Approving. ------------------------------------------------------------------------------------------------


def test_what_was_approved_counts_for_who_approved_and_nobody_waits_for_that() -> None:
    life = lived(*WAITING, approve())
    assert (state(life), life.owed) == ("offered", ("authority-count:1",))
    asked = request(life, "authority-count:1")
    assert (asked.person, asked.customer, asked.approved) == ("sue", "mira", True)
    assert (asked.person_limit, asked.customer_limit) == (None, None)
    life = life.when(ok("authority-count", WITHIN)).then("authority_counted")
    assert life.told(accept(), ok("payout", PAID)).case.remedy.reservations == ()


def test_what_was_put_right_before_it_was_counted_is_still_counted() -> None:
    life = lived(*WAITING, approve(), accept(), ok("payout", PAID))
    assert life.owed == ("authority-count:1",)
    life = life.told(ok("authority-count", WITHIN))
    assert (life.owed, life.case.remedy.reservations) == ((), ())


def test_an_approved_proposal_that_is_declined_is_released() -> None:
    life = lived(*WAITING, approve(), decline())
    assert life.owed == ("authority-release:1",)


def test_who_approves_stands_in_for_the_customers_whole_period() -> None:
    life = lived(*RESERVING, ok("authority:1", exceeded(0, 75_000)))
    assert view(life.case, head="", unwritten=0).proposal.approver == Role.DEPARTMENT_HEAD  # type: ignore[union-attr]
    life.when(approve()).then_refused("above your authority", "authority")
    life.when(approve(HEAD)).then("remedy_approved", "remedy_offered")
    less = lived(*RESERVING, ok("authority:1", exceeded(0, 50_000)))
    assert view(less.case, head="", unwritten=0).proposal.approver == Role.SUPERVISOR  # type: ignore[union-attr]


def test_what_the_law_owes_is_not_refused_for_want_of_authority() -> None:
    life = lived(*WAITING)
    life.when(reject(clause=None)).then_refused("want of authority is no ground", "owed")
    life.when(reject(clause="nowhere")).then_refused("has no nowhere", "clause")
    answer = life.when(reject())
    answer.then("remedy_rejected")
    assert answer.event("remedy_rejected").clause == "not-ours"


def test_kindness_is_refused_with_a_reason_alone() -> None:
    life = lived(*RAISED, triage(cause="other"), *OWNED[5:], contact(), propose(KIND))
    life.when(reject(clause=None)).then("remedy_rejected")


def test_a_proposal_expires_that_nobody_approved() -> None:
    life = lived(*WAITING)
    assert life.dues["remedy/approval-expires:1"] == MONDAY + timedelta(hours=25)
    assert life.told(wait(hours=25)).many("approval_expired") == 0
    gone = life.told(wait(hours=25, milliseconds=1))
    assert (gone.many("approval_missed"), gone.many("approval_expired")) == (2, 1)
    assert state(gone) == "approval_expired"
    assert (gone.case.assignment.level, gone.case.assignment.owner) == (3, "hal")
    gone.when(approve(HEAD)).then_refused("limited time, which is over", "expired")
    gone.when(reject(HEAD)).then_refused("limited time, which is over", "expired")
    gone.when(propose(by=HEAD)).then("remedy_proposed", "remedy_offered")


def test_an_expired_reservation_is_released() -> None:
    life = lived(*RESERVING, ok("authority:1", exceeded(30_000)), wait(hours=26))
    assert state(life) == "approval_expired"
    assert "authority-release:1" in life.owed


def test_an_approval_of_what_came_to_nothing_since_is_a_replay() -> None:
    life = lived(*WAITING, approve(), ok("authority-count", WITHIN))
    old = standing(life.case)
    for gone in (decline(), accept()):
        later = life.told(gone)
        later.when(approve()).then_refused("counts once", "replay")
    edited = life.told(decline(), ok("authority-release", FREED), propose(DEARER))
    edited.when(say(ApproveRemedy, SUPERVISOR, proposal=old)).then_refused("replaced by another", "void")


def test_a_customer_hears_of_each_approval_that_was_missed() -> None:
    life = lived(*WAITING, wait(hours=4, milliseconds=1))
    assert "approval-delay:1.1" in life.owed
    life = life.told(wait(hours=4))
    assert "approval-delay:1.2" in life.owed
    life = life.when(ok("approval-delay:1.1", NOTICE)).then("wait_told")
    assert life.last("wait_told").reached
    life = life.when(ok("approval-delay:1.2", LOST_NOTICE)).then("wait_told")
    assert not life.last("wait_told").reached
    assert not [key for key in life.owed if key.startswith("approval-delay")]
    life = life.told(approve())
    assert state(life) == "offered"


def test_words_about_a_delay_that_nobody_confirms_are_not_sent_again() -> None:
    life = lived(*WAITING, wait(hours=5)).when(unknown("approval-delay")).then("wait_told")
    assert not life.last("wait_told").reached


# The rules themselves. -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "name"), [("day", "2026-12-01"), ("week", "2026-W49"), ("month", "2026-12")]
)
def test_a_period_is_one_of_the_firms_own_days(period: Period, name: str) -> None:
    calendar = POLICY.calendar.model_copy(update={"timezone": "Asia/Seoul"})
    policy = POLICY.model_copy(update={"authority_period": period, "calendar": calendar})
    evening = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    assert period_of(policy, evening) == name


def test_the_period_is_that_of_the_event() -> None:
    life = given(opening(at=MONDAY + timedelta(days=8)), policy=ADDED_UP, now=MONDAY + timedelta(days=8))
    life = life.told(*IN_RECOVERY[1:], propose())
    assert life.now.month == 12
    assert request(life, "authority:1").period == "2026-12"


def test_a_department_head_may_approve_anything_others_within_their_limits() -> None:
    huge = Money(minor=10**9, currency="EUR")
    assert authority.may_approve(ADDED_UP, Role.DEPARTMENT_HEAD, huge, 0, None)
    assert not authority.may_approve(ADDED_UP, Role.SUPERVISOR, huge, 0, None)
    assert authority.may_approve(ADDED_UP, Role.SUPERVISOR, eur(20_000), 40_000, None)
    assert not authority.may_approve(ADDED_UP, Role.SUPERVISOR, eur(20_000), 40_001, None)


def test_an_answer_about_a_proposal_of_no_round_changes_nothing() -> None:
    event = AuthorityReleased(key="authority-release:1", hash="h", at=MONDAY)
    assert remedy.evolve(Remedy(), event) == Remedy()


def test_agents_and_second_supervisors_are_other_people() -> None:
    life = lived(*WAITING)
    life.when(approve(AGENT)).then_refused("may not")
    life.when(approve(SECOND_SUPERVISOR)).then("remedy_approved", "remedy_offered")
