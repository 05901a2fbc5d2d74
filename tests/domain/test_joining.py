"""Several cases about one claim become one, nothing gets lost on the way, and a wrong join is taken apart."""

from datetime import timedelta
from typing import Any

import pytest

from domain.case import decide, todo
from domain.contact import PauseTargets
from domain.effect import Contact, HandedOver, JoinInto, SplitOff, SplitOpened
from domain.ending import WithdrawCase
from domain.fairness import report
from domain.fairness_history import numbered
from domain.intake import AddToCase
from domain.joining import ContactCopy, JoinCase, LinkCase, SplitCase, TakeIn, copies
from domain.message import Event, OutcomeUnknown
from domain.promise import KeepPromise, MakePromise
from domain.supervisor import RequestSupervisor
from domain.view import case_row, view
from tests.domain.lives import (
    AGENT,
    IN_RECOVERY,
    MIRA,
    MONDAY,
    NOTICE,
    ORDER,
    OWNED,
    OWNER,
    PAYING,
    POLICY,
    PUT_RIGHT,
    RAISED,
    SUPERVISOR,
    SYSTEM,
    Life,
    contact,
    given,
    ok,
    opening,
    refused,
    say,
    to_end_of_collection,
    triage,
    unknown,
    wait,
)

HANDED = HandedOver(case="EARLY")
LATER = MONDAY + timedelta(hours=5)


def join(into: str = "EARLY", by: Any = AGENT, **fields: Any) -> Any:
    return say(JoinCase, by, into=into, **fields)


def request(life: Life, key: str) -> Any:
    (found,) = [effect for effect in todo(life.case) if effect.key == key]
    return found


# The later case. -------------------------------------------------------------------------------------------


def test_a_join_asks_the_earlier_case_and_ends_this_one_as_joined() -> None:
    life = given(*OWNED).when(join(basis="customer")).then("join_asked")
    effect = request(life, "join:1")
    assert isinstance(effect.request, JoinInto)
    assert (effect.request.into, effect.request.upto) == ("EARLY", life.case.version)
    assert effect.after_written == life.case.version
    life = life.when(ok("join", HANDED)).then("case_joined", "case_ended")
    assert (life.end, life.over) == ("joined", True)
    assert view(life.case, head="h", unwritten=0).joined_into == "EARLY"


def test_a_join_said_twice_is_asked_once() -> None:
    life = given(*OWNED, join())
    life.when(join()).then()
    life.when(join("OTHER")).then_refused("EARLY is being asked", "joining")
    life.when(say(LinkCase, AGENT, to="EARLY")).then_refused("EARLY is being asked", "joining")


def test_a_case_is_not_joined_with_itself() -> None:
    given(*OWNED).when(join("TEST")).then_refused("itself", "itself")


def test_what_the_customer_says_while_the_join_is_asked_goes_there_too() -> None:
    life = given(*OWNED, join(), contact(direction="inbound"))
    life = life.when(ok("join", HANDED)).then("join_asked")
    again = request(life, "join:2").request
    assert (again.since, again.upto) == (
        request(given(*OWNED, join()), "join:1").request.upto,
        life.case.version,
    )
    life = life.when(ok("join", HANDED)).then("case_joined", "case_ended")
    words = given(*OWNED, join(), say(AddToCase, MIRA, text="and the lid"))
    words.when(ok("join", HANDED)).then("join_asked")


def test_a_join_that_is_declined_leaves_the_case_as_it_was() -> None:
    life = (
        given(*OWNED, join())
        .when(refused("join", "another customer's", "other-customer"))
        .then("join_declined")
    )
    assert life.last("join_declined").code == "other-customer"
    assert life.end is None
    life.when(join()).then("join_asked")
    life.when(join(by=SYSTEM, basis="same_key")).then_refused("only a person", "by-hand")


def test_a_join_of_which_nobody_knows_may_be_asked_again_by_the_rule() -> None:
    life = given(*OWNED, join()).when(unknown("join")).then("join_declined")
    life.when(join(by=SYSTEM, basis="same_key")).then("join_asked")


@pytest.mark.parametrize(
    ("items", "code"),
    [
        (PUT_RIGHT, "money"),
        (PAYING, "money"),
        (to_end_of_collection(), "remedy"),
        ((*OWNED, say(MakePromise, AGENT, what="x")), "promise"),
        ((*OWNED, say(RequestSupervisor, MIRA)), "supervisor"),
    ],
)
def test_what_would_get_lost_keeps_a_case_from_being_joined(items: Any, code: str) -> None:
    given(*items).when(join()).then_refused("", code)


def test_a_case_with_a_begun_money_step_is_linked_and_both_go_on() -> None:
    life = given(*PAYING).when(say(LinkCase, AGENT, to="EARLY")).then("join_asked")
    assert request(life, "join:1").request.mode == "link"
    life = life.when(ok("join", HANDED)).then("case_linked")
    assert (life.end, view(life.case, head="h", unwritten=0).linked) == (None, ("EARLY",))
    life.when(say(LinkCase, AGENT, to="EARLY")).then()


def test_money_that_begins_while_the_join_is_asked_keeps_the_case_alive() -> None:
    promised = given(*IN_RECOVERY, join(), say(MakePromise, AGENT, what="call"))
    life = promised.when(ok("join", HANDED)).then("case_linked")
    assert life.end is None
    assert life.last("case_linked").reason is not None
    life.told(say(KeepPromise, MIRA, number=1, proof="call 2")).when(join()).then("join_asked")


def test_a_case_that_ended_meanwhile_only_knows_of_the_other() -> None:
    life = given(*OWNED, join(), say(WithdrawCase, MIRA))
    assert (life.end, life.over) == ("withdrawn", False)
    life = life.when(ok("join", HANDED)).then("case_linked")
    assert (life.end, life.over) == ("withdrawn", True)


# The earlier case. -----------------------------------------------------------------------------------------


def handed_over(*items: Any, case: str = "LATE") -> tuple[ContactCopy, ...]:
    """Return what a later case of Mira's hands over."""
    life = given(*(items or (opening(source="fax", text="once more"),)))
    return copies(case, list(enumerate(life.events, start=1)), "join")


def take(case: str = "LATE", **fields: Any) -> Any:
    known: dict[str, Any] = {
        "mode": "join",
        "opened_at": LATER,
        "received_at": LATER,
        "customer": "mira",
        "upto": 1,
        "contacts": handed_over(),
    }
    return say(TakeIn, SYSTEM, case=case, **{**known, **fields})


def test_the_contacts_come_with_their_origin_and_count_here() -> None:
    later = handed_over(
        opening(source="fax", text="once more"),
        say(AddToCase, MIRA, text="please"),
        contact(AGENT, minutes=3),
    )
    life = given(*OWNED).when(take(contacts=later)).then(*["contact_taken_in"] * 3, "case_taken_in")
    taken: list[Any] = [event for event in life.events if getattr(event, "kind", "") == "contact_taken_in"]
    assert [(each.case, each.seq, each.contact.channel) for each in taken] == [
        ("LATE", 1, "fax"),
        ("LATE", 2, "added"),
        ("LATE", 3, "phone"),
    ]
    assert [each.number for each in taken] == [1, 2, 3]
    assert (life.case.contacts.count, life.case.contacts.repeats) == (3, 1)
    assert life.case.contacts.first_response_at == MONDAY
    assert view(life.case, head="h", unwritten=0).taken_in == ("LATE",)


def test_what_was_taken_in_once_is_not_taken_in_again() -> None:
    life = given(*OWNED, take())
    life.when(take()).then()
    more = handed_over(opening(source="fax", text="once more"), contact(AGENT))
    life.when(take(contacts=more, upto=6)).then("contact_taken_in", "case_taken_in")


def test_pages_are_taken_in_one_after_another() -> None:
    whole = handed_over(
        opening(source="fax"), say(AddToCase, MIRA, text="one"), say(AddToCase, MIRA, text="two")
    )
    life = given(*OWNED).told(take(contacts=whole[:2], last=False))
    assert life.case.joining.taken[0].upto == 2
    life = life.told(take(contacts=whole[2:], upto=9))
    assert (life.case.contacts.count, life.case.joining.taken[0].upto) == (3, 9)
    life.when(take(contacts=whole, upto=9)).then()


def test_the_earliest_start_counts_and_what_it_makes_overdue_is_noticed_once() -> None:
    life = given(*RAISED, triage())
    before = life.dues["targets/resolve:1:1"]
    letter = MONDAY - timedelta(days=3)
    life = life.told(take(received_at=letter))
    assert life.case.intake is not None
    assert life.case.intake.received_at == letter
    assert life.dues["targets/resolve:1:1"] < before
    old = given(*RAISED, triage(), take(received_at=MONDAY - timedelta(days=60)), wait(minutes=1))
    breaches: list[Any] = [event for event in old.events if getattr(event, "kind", "") == "target_breached"]
    assert len({each.target for each in breaches}) == len(breaches)
    assert all(each.late_known for each in breaches)
    assert old.many("target_warned") == 0


def test_a_later_start_moves_nothing() -> None:
    life = given(*RAISED, triage())
    assert life.told(take()).dues == life.dues


def test_what_the_customer_said_there_ends_a_wait_for_the_customer_here() -> None:
    life = given(*OWNED, say(PauseTargets, OWNER, reason="customer"))
    life.when(take()).then("contact_taken_in", "case_taken_in", "targets_resumed")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"customer": "tom"}, "other-customer"),
        ({"opened_at": MONDAY - timedelta(hours=1)}, "earlier-case"),
        ({"case": "TEST"}, "itself"),
        ({"mode": "split"}, "not-split"),
    ],
)
def test_a_case_is_not_taken_in_where_that_would_be_wrong(fields: Any, code: str) -> None:
    given(*OWNED).when(take(**fields)).then_refused("", code)


def test_of_two_that_were_opened_at_once_the_lower_number_stays() -> None:
    given(*OWNED).when(take(case="ABC", opened_at=MONDAY)).then_refused("opened first", "earlier-case")
    given(*OWNED).when(take(case="ZZZ", opened_at=MONDAY)).then("contact_taken_in", "case_taken_in")


def test_a_rule_joins_only_what_lies_near_and_a_person_may_know_better() -> None:
    far: Any = {"opened_at": MONDAY + timedelta(days=31)}
    life = given(*OWNED, policy=RULED)
    life.when(take(basis="same_key", **far)).then_refused("further apart", "too-far")
    life.when(take(basis="customer", **far)).then("contact_taken_in", "case_taken_in")
    life.when(take(basis="same_key")).then("contact_taken_in", "case_taken_in")
    given(*OWNED).when(take(basis="same_key")).then_refused("further apart", "too-far")


def test_a_case_whose_customer_nobody_knows_may_be_taken_in() -> None:
    given(*OWNED).when(take(customer=None)).then("contact_taken_in", "case_taken_in")


def test_a_case_that_is_being_joined_takes_nothing_in() -> None:
    given(*OWNED, join()).when(take()).then_refused("EARLY", "joining")


def test_an_ended_case_takes_nothing_in() -> None:
    given(*OWNED, join(), ok("join", HANDED)).when(take()).then_refused("has ended", "ended")


def test_a_link_is_known_on_both_sides_and_answers_nothing_that_is_being_asked() -> None:
    link = take(case="EARLY", mode="link", contacts=())
    life = given(*OWNED, join()).when(link).then("case_linked")
    assert life.owed == ("join:1",)
    life.when(link).then()


# Taking apart. ---------------------------------------------------------------------------------------------


def split(joined: str = "LATE", by: Any = SUPERVISOR) -> Any:
    return say(SplitCase, by, joined=joined, reason="two cups, two stories")


def test_a_wrong_join_becomes_a_case_of_its_own_again_and_the_start_goes_with_it() -> None:
    early = MONDAY - timedelta(days=3)
    life = given(*OWNED, take(received_at=early)).when(split()).then("split_asked")
    effect = request(life, "split:1")
    assert effect.request == SplitOff(joined="LATE", number=1)
    assert effect.after_written == life.case.version
    life.when(split()).then()
    life = life.when(ok("split", SplitOpened(case="NEW"))).then("case_split")
    assert life.case.intake is not None
    assert life.case.intake.received_at == MONDAY
    assert view(life.case, head="h", unwritten=0).taken_in == ()
    assert life.many("contact_taken_in") == 1
    life.when(split()).then()
    life.when(take()).then_refused("split off again as NEW", "split")


def test_only_what_was_joined_can_be_split_off() -> None:
    given(*OWNED).when(split()).then_refused("no contacts of that case", "not-joined")
    life = given(*OWNED, take(), take("MORE"), split())
    life.when(split("MORE")).then_refused("another split", "splitting")


@pytest.mark.parametrize("answer", [refused("split"), unknown("split")])
def test_a_split_that_failed_can_be_asked_again(answer: Any) -> None:
    life = given(*OWNED, take(), split()).when(answer).then("split_failed")
    life = life.when(split()).then("split_asked")
    assert "split:2" in life.owed


def test_the_case_that_was_split_off_has_the_contacts_and_no_rule_joins_it_again() -> None:
    told: tuple[Event, ...] = given(opening(source="fax"), contact(AGENT), policy=RULED).events
    leaves = copies("LATE", list(enumerate(told, start=1)), "split")
    assert [each.contact.channel for each in leaves] == ["phone"]
    begun = given(opening(split_from="TEST-1", order_id="o1"), policy=RULED)
    life = begun.when(take("TEST-1", mode="split", contacts=leaves)).then("contact_taken_in", "case_taken_in")
    life.when(take("TEST-1", mode="split", contacts=leaves)).then()
    assert view(life.case, head="h", unwritten=0).gaps is not None
    life.when(join(by=SYSTEM, basis="same_key")).then_refused("only a person", "by-hand")
    life.when(split("TEST-1", SUPERVISOR)).then_refused("no contacts", "not-joined")
    assert case_row(life.case).claim is None


# The same key. ---------------------------------------------------------------------------------------------

RULED = POLICY.model_copy(update={"same_claim_days": 30})


def claim(*items: Any, policy: Any = RULED) -> str | None:
    return case_row(given(*items, policy=policy).case).claim


def test_one_order_of_one_customer_is_one_claim() -> None:
    assert claim(opening(order_id="o1")) == "mira/o1"
    assert claim(opening(), ok("order", ORDER)) == "mira/o1"
    assert claim(opening()) is None
    assert claim(opening(order_id="o1", contact=Contact(phone="5"))) is None
    assert claim(opening(order_id="o1"), triage(voc_type="inquiry")) is None
    assert claim(opening(order_id="o1"), policy=POLICY) is None
    assert claim(opening(order_id="o1"), ok("acknowledgement", NOTICE), join(), refused("join")) is None


def test_fairness_sees_the_contacts_of_the_whole_claim_and_not_those_that_were_split_off() -> None:
    told_again = take(contacts=handed_over(opening(source="fax"), contact(AGENT, wait_seconds=9_000)))

    def findings(life: Life) -> list[str]:
        events: tuple[Any, ...] = life.events
        return [each.about for each in report(numbered(events), POLICY, life.now).findings]

    joined = given(*OWNED, told_again)
    assert "wait in contact 2" in findings(joined)
    assert "wait in contact 2" not in findings(given(*OWNED))
    apart = joined.told(split(), ok("split", SplitOpened(case="NEW")))
    assert "wait in contact 2" not in findings(apart)


@pytest.mark.parametrize("key", ["join:1", "split:1"])
def test_an_answer_to_what_nobody_asked_means_nothing(key: str) -> None:
    fact = OutcomeUnknown(at=MONDAY, key=key)
    assert decide(given(*OWNED).case, fact) == ()


def test_what_had_been_joined_before_is_handed_on() -> None:
    life = given(*OWNED, take())
    told = copies("TEST", list(enumerate(life.events, start=1)), "join")
    assert [each.contact.channel for each in told] == ["web", "fax"]
    assert {each.case for each in told} == {"TEST"}
