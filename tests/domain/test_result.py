import pytest

from domain import result
from domain.case import evolve, todo
from domain.case_reading import recovery_of
from domain.effect import Contact, SendNotice
from domain.ending import AppealCase, OpenRound, StateFinalPosition
from domain.line_outcome import LineRefusal
from domain.message import OutcomeUnknown
from domain.result import Result, ResultNotified, TellResult
from domain.triage import ClaimHarm, HarmLine
from tests.domain.lives import (
    AGENT,
    CUSTOMER,
    FINAL,
    IN_RECOVERY,
    INQUIRY,
    LOST_NOTICE,
    MIRA,
    MONDAY,
    NOTICE,
    NOTIFIED,
    OFFERED,
    OWNED,
    PAYING,
    PUT_RIGHT,
    RAISED,
    REGISTERED,
    STILL_BAD,
    SUPERVISOR,
    Item,
    decision,
    decline,
    eur,
    given,
    ok,
    opening,
    plan,
    propose,
    refused,
    refuses,
    register,
    say,
    unknown,
)

TELL = say(TellResult, AGENT, how="by phone")
REFUSAL = plan(decision("refusal"))


def test_a_final_position_names_what_became_of_each_harm_line() -> None:
    life = given(*OFFERED, decline()).told(register(final=True, outcome="not_upheld"))
    (line,) = life.last("result_registered").lines
    assert (line.harm_line, line.came_of, line.remedy, line.amount) == (
        "price",
        "declined",
        "refund",
        eur(9_000),
    )
    said = "- price: refund 90.00 EUR was offered and declined"
    assert life.last("result_registered").decided == said
    (effect,) = [effect for effect in todo(life.case) if effect.key.startswith("result-notice")]
    assert isinstance(effect.request, SendNotice)
    assert effect.request.slots["summary"] == f"we refunded it\n{said}"


def test_a_line_that_nothing_decides_needs_its_clause_and_reason() -> None:
    more = say(ClaimHarm, MIRA, line=HarmLine(id="more", harm="trouble"))
    life = given(*OFFERED, decline(), more)
    life.when(register(final=True, outcome="not_upheld")).then_refused("the harm line more", "undecided")
    wrong = (LineRefusal(harm_line="more", clause="none", reason="x"),)
    life.when(register(final=True, refusals=wrong)).then_refused("refusals[0].clause", "clause")
    nowhere = (LineRefusal(harm_line="none", clause="not-ours", reason="x"),)
    life.when(register(final=True, refusals=nowhere)).then_refused("refusals[0].harm_line", "harm-lines")
    why = (LineRefusal(harm_line="more", clause="not-ours", reason="nobody was asked to wait"),)
    life = life.told(register(final=True, outcome="not_upheld", refusals=why))
    assert [line.came_of for line in life.last("result_registered").lines] == ["declined", "refused"]
    assert "- more: is refused (nobody was asked to wait, not ours)" in life.last("result_registered").decided


def test_a_final_position_after_all_rounds_names_what_was_given() -> None:
    final = say(StateFinalPosition, SUPERVISOR, outcome="upheld", cause="defect", summary="no more")
    life = given(*STILL_BAD, final)
    assert [line.came_of for line in life.last("result_registered").lines] == ["given"]


def test_a_result_needs_every_harm_line_decided_and_carried_out() -> None:
    given(*IN_RECOVERY).when(register()).then_refused("undecided or the remedy is not carried out")
    given(*OFFERED).when(register()).then_refused("not carried out yet", "undecided")
    given(*PAYING).when(register()).then_refused("not carried out yet", "undecided")
    life = given(*PUT_RIGHT).when(register()).then("result_registered")
    assert life.stage == "result_registered"


@pytest.mark.parametrize(("so_far", "state"), [(OFFERED, "offered"), (PAYING, "agreed")])
def test_no_final_position_while_a_remedy_is_under_way(so_far: tuple[Item, ...], state: str) -> None:
    given(*so_far).when(register(final=True)).then_refused("wait for it or cancel it", state)


def test_no_final_position_without_an_offer_or_reasoned_refusals() -> None:
    given(*IN_RECOVERY).when(register(final=True)).then_refused("propose a remedy", "undecided")


def test_a_declined_offer_lets_the_firm_state_its_position() -> None:
    given(*OFFERED, decline()).when(register(final=True)).then("result_registered")


def test_the_exceptional_round_may_end_without_another_offer() -> None:
    life = given(*STILL_BAD, say(OpenRound, SUPERVISOR, reason="once more"))
    life.when(register(SUPERVISOR, final=True)).then("result_registered")


def test_a_result_names_a_known_cause_and_plain_words() -> None:
    given(*PUT_RIGHT).when(register(cause="magic")).then_refused("cause: use one of", "cause")
    given(*PUT_RIGHT).when(register(summary=" ")).then_refused("plain words", "summary")


def test_an_inquiry_has_no_result() -> None:
    given(*INQUIRY).when(register()).then_refused("only complaints", "short-way")


def test_the_outcome_says_what_was_decided() -> None:
    life = given(*IN_RECOVERY, propose(REFUSAL))
    life.when(register()).then_refused("every harm line was refused", "outcome")
    event = life.when(register(outcome="not_upheld")).event("result_registered")
    assert event.final
    assert event.clauses == ("not-ours",)
    given(*PUT_RIGHT).when(register(outcome="not_upheld")).then_refused("something was put right")


def test_the_same_result_is_already_so_and_another_is_refused() -> None:
    given(*REGISTERED).when(register()).then()
    given(*NOTIFIED).when(register()).then()
    given(*REGISTERED).when(register(summary="else")).then_refused("registered already", "registered")


def test_a_delivered_notice_notifies() -> None:
    life = given(*REGISTERED)
    assert life.owed == ("result-notice:1.1",)
    life = life.when(ok("result-notice", NOTICE)).then("result_notified")
    assert (life.stage, life.owed) == ("following_up", ())


@pytest.mark.parametrize(
    ("how", "why"),
    [
        (ok("result-notice", LOST_NOTICE), "undelivered"),
        (refused("result-notice"), "refused"),
        (unknown("result-notice"), "unknown"),
    ],
)
def test_an_undelivered_result_goes_by_the_next_channel_and_then_to_a_person(how: Item, why: str) -> None:
    life = given(*REGISTERED)
    for place, channel in enumerate(("sms", "email", "post"), start=1):
        assert life.owed == (f"result-notice:1.{place}",)
        answer = life.when(how)
        event = answer.event("result_undelivered")
        assert (event.channel, event.why) == (channel, why)
        life = answer.life
    assert life.owed == ()
    assert "tell the customer in person" in (life.parked or "")
    life = life.when(TELL).then("result_told")
    assert (life.stage, life.parked) == ("following_up", None)
    life.when(TELL).then()


def test_what_the_crm_says_later_does_not_mix_up_the_channels() -> None:
    life = given(RAISED[0], RAISED[1], RAISED[3], *REGISTERED[4:])
    prefers = CUSTOMER.model_copy(update={"preferred_channel": "email"})
    life = life.told(ok("customer", prefers))
    assert life.when(refused("result-notice")).event("result_undelivered").channel == "sms"
    life = life.told(refused("result-notice"))
    assert life.when(ok("result-notice", NOTICE)).event("result_notified").channel == "email"


def test_an_answer_after_somebody_told_the_result_is_kept_and_changes_nothing() -> None:
    life = given(*REGISTERED, TELL)
    assert life.owed == ()
    lost = OutcomeUnknown(at=MONDAY, key="result-notice:1.1")
    after = life.when(lost).then("result_undelivered")
    assert (after.parked, after.stage) == (None, "following_up")


def test_a_notice_of_an_earlier_round_changes_nothing_in_the_next() -> None:
    life = given(*FINAL, say(AppealCase, MIRA, reason="no"))
    late = ResultNotified(key="result-notice:1.1", channel="sms", text="x", at=MONDAY)
    assert evolve(life.case, late).result == life.case.result
    unheard = OutcomeUnknown(at=MONDAY, key="result-notice:1.9")
    assert life.when(unheard).event("result_undelivered").channel == "post"


def test_a_final_position_names_the_outside_body() -> None:
    life = given(*FINAL[:-1])
    (effect,) = todo(life.case)
    assert effect.request.kind == "send_notice"
    assert effect.request.template == "final_position"
    assert effect.request.slots["outside_body"] == "the ombudsman"


def test_nothing_is_told_before_it_is_registered() -> None:
    given(*OWNED).when(TELL).then_refused("no meaning while the case is owned", "stage")
    life = given(*OWNED)
    with refuses("register it first"):
        result.decide(Result(), recovery_of(life.case), TELL)


def test_a_customer_without_channels_hears_by_post() -> None:
    life = given(opening(contact=Contact(name="Mira")), *REGISTERED[1:])
    assert life.owed == ("result-notice:1.1",)
    assert life.case.result.possible == ("post",)
