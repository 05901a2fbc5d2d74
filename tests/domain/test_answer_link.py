from datetime import timedelta
from typing import Any

import pytest

from domain import happy_call
from domain.answer_link import Link, evolve
from domain.case import past_of, todo
from domain.contact import OptOut
from domain.effect import CustomerSnapshot, FetchAnswer, SendLink
from domain.happy_call import FollowUp
from domain.message import EffectSucceeded
from domain.questions import SCALES
from tests.domain.follow_ups import (
    BAD,
    BOUNCED,
    BY_LINK,
    GOOD,
    LINK,
    LINKED,
    MISSED,
    OPEN,
    SENT,
    answered,
    asking,
)
from tests.domain.lives import (
    AGAIN,
    BAD_CALL,
    CUSTOMER,
    GOOD_CALL,
    MIRA,
    MONDAY,
    NO_ANSWER,
    NOTIFIED,
    RAISED,
    SECOND_ROUND,
    given,
    ok,
    refused,
    say,
    unknown,
    wait,
)

HOUR = timedelta(hours=1)
SHY = CUSTOMER.model_copy(update={"consent_to_calls": False})
SILENT = SHY.model_copy(update={"consent_to_messages": False})


def known_as(customer: CustomerSnapshot) -> tuple[Any, ...]:
    """Return a life up to the delivered result of a customer whom the CRM knows so."""
    return (RAISED[0], RAISED[1], ok("customer", customer), *NOTIFIED[3:])


def test_calls_that_nobody_answered_are_followed_by_a_link() -> None:
    life = given(*MISSED, policy=BY_LINK)
    prepared = life.last("link_prepared")
    assert (life.stage, life.end) == ("following_up", None)
    assert prepared.expires_at == life.now + LINK.open_for
    (effect,) = todo(life.case)
    assert isinstance(effect.request, SendLink)
    assert (effect.key, effect.request.channel, effect.request.template) == (
        "happy-call-link:1.1",
        "sms",
        "follow_up_link",
    )
    assert set(effect.request.questions) == set(BY_LINK.happy_call.questions)
    life = life.when(ok("happy-call-link", SENT)).then("link_delivered")
    assert list(life.dues) == ["happy_call/look:1"]


def test_the_customers_preferred_channel_comes_first() -> None:
    likes = CUSTOMER.model_copy(update={"preferred_channel": "email"})
    life = given(*known_as(likes), *MISSED[len(NOTIFIED) :], policy=BY_LINK)
    assert life.last("link_prepared").channel == "email"


def test_an_answer_is_fetched_and_never_taken_from_outside() -> None:
    life = given(*LINKED, wait(hours=12, milliseconds=1), policy=BY_LINK)
    (effect,) = todo(life.case)
    assert effect.request == FetchAnswer(reference="sv1")
    life = life.when(ok("happy-call-answer", OPEN)).then("link_unanswered")
    assert list(life.dues) == ["happy_call/look:2"]


def test_a_good_answer_by_link_opens_the_reopen_window() -> None:
    life = given(*LINKED, wait(hours=13), policy=BY_LINK)
    life = life.when(ok("happy-call-answer", answered(GOOD))).then("happy_call_answered")
    assert life.stage == "reopen_window"
    event = life.last("happy_call_answered")
    assert (event.way, event.reference, event.verbatim) == ("link", "sv1", "so it is")
    assert event.scales["outcome_fair"] == SCALES["outcome_fair"]
    assert life.told(wait(days=9)).end == "recovered"


def test_a_bad_answer_by_link_reopens_like_one_by_phone() -> None:
    life = given(*LINKED, wait(hours=13), policy=BY_LINK)
    life.when(ok("happy-call-answer", answered(BAD))).then(
        "happy_call_answered", "round_opened", "case_escalated"
    )


def test_a_link_that_nobody_answers_ends_as_unconfirmed_and_never_as_satisfied() -> None:
    life = given(*LINKED, policy=BY_LINK)
    looks = 0
    while life.end is None:
        life = life.passed(life.dues[f"happy_call/look:{looks + 1}"] + timedelta(milliseconds=1))
        life = life.told(ok("happy-call-answer", OPEN))
        looks += 1
    assert (life.end, life.last("follow_up_given_up").why) == ("unconfirmed", "unreachable")
    assert looks == 6
    assert life.last("link_unanswered").look_at is None
    assert life.many("happy_call_answered") == 0


def test_an_answer_after_the_expiry_is_none() -> None:
    life = given(*LINKED, wait(days=3, hours=1), policy=BY_LINK)
    late = answered(GOOD, answered_at=life.now)
    life = life.when(ok("happy-call-answer", late)).then(
        "link_unanswered", "follow_up_given_up", "case_ended"
    )
    assert life.end == "unconfirmed"


def test_a_customer_who_declines_by_link_is_unconfirmed() -> None:
    life = given(*LINKED, wait(hours=13), policy=BY_LINK)
    life = life.when(ok("happy-call-answer", answered({}, state="declined"))).then(
        "follow_up_given_up", "case_ended"
    )
    assert life.last("follow_up_given_up").why == "declined"


@pytest.mark.parametrize(
    "how", [ok("happy-call-link", BOUNCED), refused("happy-call-link"), unknown("happy-call-link")]
)
def test_a_link_that_did_not_arrive_goes_by_the_next_channel_and_then_nobody_asks(how: Any) -> None:
    life = given(*MISSED, policy=BY_LINK).when(how).then("link_failed", "link_prepared")
    assert (life.last("link_prepared").channel, life.owed) == ("email", ("happy-call-link:1.2",))
    life = life.when(how).then("link_failed", "contact_withheld", "follow_up_given_up", "case_ended")
    assert (life.last("contact_withheld").why, life.end) == ("no_channel", "unconfirmed")


def test_a_survey_service_out_of_reach_is_asked_three_times_more_and_no_longer() -> None:
    life = given(*LINKED, wait(days=3, hours=1), policy=BY_LINK)
    for look in (2, 3):
        life = life.when(unknown("happy-call-answer")).then("link_unanswered")
        life = life.told(wait(hours=13))
        assert f"happy_call/look:{look}" not in life.dues
    life.when(refused("happy-call-answer")).then("link_unanswered", "follow_up_given_up", "case_ended")


# Consent. --------------------------------------------------------------------------------------------------


def test_a_customer_who_wants_no_calls_gets_the_link_and_it_is_recorded_why() -> None:
    life = given(*known_as(SHY), wait(hours=25), policy=BY_LINK)
    assert life.owed == ("happy-call-link:1.1",)
    withheld = life.last("contact_withheld")
    assert (withheld.purpose, withheld.why, life.many("happy_call_begun")) == ("happy_call", "no_consent", 0)


def test_a_customer_who_wants_neither_is_left_alone() -> None:
    life = given(*known_as(SILENT), policy=BY_LINK)
    assert (life.end, life.last("follow_up_given_up").why) == ("unconfirmed", "no_consent")


def test_a_customer_who_takes_calls_and_no_messages_gets_no_link() -> None:
    life = given(*MISSED[:-1], say(OptOut, MIRA, calls=False), policy=BY_LINK)
    life = life.when(ok("happy-call", NO_ANSWER)).then(
        "happy_call_missed", "contact_withheld", "follow_up_given_up", "case_ended"
    )
    assert (life.last("contact_withheld").purpose, life.end) == ("answer_link", "unconfirmed")


def test_a_customer_whom_no_written_channel_reaches_gets_no_link() -> None:
    unknown_ = CustomerSnapshot(known=False)
    script = list(NOTIFIED)
    script[0] = RAISED[0].model_copy(  # type: ignore[union-attr]
        update={"opening": RAISED[0].opening.model_copy(update={"contact": NOBODY})}  # type: ignore[union-attr]
    )
    script[2] = ok("customer", unknown_)
    life = given(*script, *MISSED[len(NOTIFIED) :], policy=BY_LINK)
    assert (life.last("contact_withheld").why, life.end) == ("no_channel", "unconfirmed")


NOBODY = RAISED[0].opening.contact.model_copy(update={"phone": None, "email": None})  # type: ignore[union-attr]


def test_where_nobody_is_left_to_call_the_link_is_sent() -> None:
    people = tuple(each for each in BY_LINK.people if each.id != "cat")
    life = given(*NOTIFIED, wait(hours=25), policy=BY_LINK.model_copy(update={"people": people}))
    assert life.owed == ("happy-call-link:1.1",)


# Rounds. ---------------------------------------------------------------------------------------------------


def test_a_second_bad_answer_is_a_double_deviation() -> None:
    assert given(*SECOND_ROUND).many("double_deviation") == 0
    life = (
        given(*SECOND_ROUND, *AGAIN)
        .when(ok("happy-call", BAD_CALL))
        .then("happy_call_answered", "double_deviation")
    )
    assert life.parked is not None


def test_a_solicited_score_is_recorded_as_such() -> None:
    asked = asking(questions=("problem_gone", "outcome_fair", "solicited"))
    begged = GOOD_CALL.model_copy(update={"answers": {"problem_gone": 1, "solicited": 1}})
    life = (
        given(*NOTIFIED, wait(hours=25), policy=asked)
        .when(ok("happy-call", begged))
        .then("happy_call_answered", "score_solicited")
    )
    assert life.case.follow_up.solicited


def test_what_lies_off_its_scale_is_missing_and_not_low() -> None:
    odd = GOOD_CALL.model_copy(update={"answers": {"problem_gone": 1, "outcome_fair": 0, "recommend": 11}})
    life = given(*NOTIFIED, wait(hours=25)).when(ok("happy-call", odd)).then("happy_call_answered")
    assert life.last("happy_call_answered").answers == {"problem_gone": 1}


# What belongs to another round. ----------------------------------------------------------------------------


def test_a_link_of_an_earlier_round_that_comes_back_changes_nothing() -> None:
    life = given(*LINKED, policy=BY_LINK)
    late = EffectSucceeded(at=life.now, key="happy-call-link:0.1", result=SENT)
    (event,) = happy_call.came_back(life.case.follow_up, past_of(life.case), late)
    assert event.kind == "call_came_late"  # type: ignore[attr-defined]
    delivered = given(*LINKED, policy=BY_LINK).last("link_delivered")
    assert evolve(None, delivered) is None
    link = Link(key="other", channel="sms", questions=(), expires_at=MONDAY)
    assert evolve(link, delivered) == link
    assert happy_call.evolve(FollowUp(), delivered) == FollowUp()
