"""The customer's say: choose, wish, change their mind, get something better, appeal."""

import pytest

from domain.ending import AppealCase
from domain.plan import Alternative, Extra, Plan
from domain.policy import ExtraLimit, OfferRule
from domain.remedy import in_words
from domain.saga import CancelRemedy
from domain.view import view
from domain.wish import AnswerWish, WishRemedy
from tests.domain.lives import (
    BOOKED,
    FINAL,
    HEAD,
    IN_RECOVERY,
    MIRA,
    NOTICE,
    OFFERED,
    OWNER,
    POLICY,
    PUT_RIGHT,
    RESERVED,
    SUPERVISOR,
    TOM,
    UNDONE,
    Item,
    accept,
    approve,
    decision,
    decline,
    eur,
    given,
    ok,
    plan,
    propose,
    register,
    say,
    wait,
)

SWAP = Alternative(id="exchange", decisions=(decision("exchange"),), words="a new cup")
LESS = Alternative(id="keep", decisions=(decision(amount=eur(4_000)),), words="keep it")
CHOICE = plan(alternatives=(SWAP, LESS), words="your money back")

# Choosing. -------------------------------------------------------------------------------------------------


def test_the_customer_names_one_of_equal_remedies_and_that_one_is_carried_out() -> None:
    life = given(*IN_RECOVERY, propose(CHOICE))
    life.when(accept()).then_refused("choice: name one of main, exchange, keep", "choice")
    life.when(accept(choice="gold")).then_refused("choice: name one of", "choice")
    swapped = life.told(accept(choice="exchange"))
    assert [step.name for step in swapped.case.saga.steps] == ["reserve", "ship", "deliver"]
    kept = life.told(accept(choice="keep"))
    assert kept.case.remedy.proposal is not None
    assert kept.case.remedy.proposal.total == eur(4_000)
    assert kept.case.remedy.hashes == (kept.case.remedy.proposal.hash,)
    assert [step.name for step in life.told(accept(choice="main")).case.saga.steps] == ["payout"]


def test_the_dearest_alternative_decides_about_approval() -> None:
    dear = Alternative(id="dear", decisions=(decision(amount=eur(20_000)),))
    life = given(*IN_RECOVERY).when(propose(plan(alternatives=(dear,)))).then("remedy_proposed")
    assert life.last("remedy_proposed").total == eur(20_000)
    life = life.told(approve(), accept(choice="main"))
    assert life.case.remedy.proposal is not None
    assert life.case.remedy.proposal.total == eur(9_000)


def test_an_offer_without_alternatives_leaves_nothing_to_choose() -> None:
    life = given(*OFFERED)
    life.when(accept(choice="exchange")).then_refused("leaves nothing to choose", "choice")
    life.when(accept(choice="main")).then("remedy_agreed", "saga_begun", "step_begun")


def test_words_with_alternatives_wait_for_the_customer() -> None:
    words = plan(
        decision("apology"), alternatives=(Alternative(id="why", decisions=(decision("explanation"),)),)
    )
    given(*IN_RECOVERY).when(propose(words)).then("remedy_proposed", "remedy_offered")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("each needs an id of its own", plan(alternatives=(SWAP, SWAP))),
        ("each needs an id of its own", plan(alternatives=(SWAP.model_copy(update={"id": "main"}),))),
        (
            "alternatives[0].decisions: decide each once of price",
            plan(alternatives=(Alternative(id="x", decisions=(decision(harm_line="other"),)),)),
        ),
        (
            "alternatives[0].decisions: decide each once of price",
            plan(alternatives=(Alternative(id="x", decisions=(decision(), decision())),)),
        ),
        (
            "this policy has no",
            plan(alternatives=(Alternative(id="x", decisions=(decision("reissued_card"),)),)),
        ),
    ],
)
def test_every_alternative_holds_like_a_plan(said: str, wrong: Plan) -> None:
    goods = POLICY.model_copy(update={"remedies": ("refund", "exchange", "apology")})
    given(*IN_RECOVERY, policy=goods).when(propose(wrong)).then_refused(said)


def test_amounts_of_alternatives_are_computed_too_and_the_offer_names_them() -> None:
    table = (OfferRule(id="price", harm="price", owes="price", clause="promise"),)
    priced = POLICY.model_copy(update={"offer_table": table})
    other = Alternative(id="credit", decisions=(decision("goodwill_credit", amount=None),), words="as credit")
    life = given(*IN_RECOVERY, propose(plan(decision("exchange"), alternatives=(other,))), policy=priced)
    proposal = life.case.remedy.proposal
    assert proposal is not None
    assert proposal.plan.alternatives[0].decisions[0].amount == eur(9_000)
    assert "or credit: as credit" in in_words(proposal, "en")
    assert "또는 credit: as credit" in in_words(proposal, "ko")


def test_of_remedies_that_cost_the_same_the_customers_favourite_is_offered_first() -> None:
    same = Alternative(id="credit", decisions=(decision("goodwill_credit"),), words="as credit")
    dearer = Alternative(id="more", decisions=(decision("points", amount=eur(9_500)),), words="as points")
    life = given(*IN_RECOVERY, propose(plan(decision(), alternatives=(dearer, same), words="back")))
    proposal = life.case.remedy.proposal
    assert proposal is not None

    def order(*prefers: str) -> str:
        return in_words(proposal, "en", prefers=prefers).partition(" (")[0]

    assert order() == "back; or credit: as credit; or more: as points"
    assert order("goodwill_credit", "points") == "as credit; or main: back; or more: as points"


# Wishing. --------------------------------------------------------------------------------------------------

WISH = say(WishRemedy, MIRA, wish="repair my cup, please", remedy="exchange")


def test_a_wish_is_recorded_and_shown_and_answered_by_the_next_proposal() -> None:
    life = given(*IN_RECOVERY).when(WISH).then("remedy_wished")
    life = life.when(WISH).then()
    (shown,) = view(life.case, head="h", unwritten=0).wishes
    assert (shown.number, shown.wish, shown.remedy, shown.answered) == (
        1,
        "repair my cup, please",
        "exchange",
        None,
    )
    life = life.when(propose()).then("remedy_proposed", "wish_answered", "remedy_offered")
    (shown,) = view(life.case, head="h", unwritten=0).wishes
    assert shown.answered == f"proposal {life.last('remedy_proposed').hash}"


def test_a_proposal_from_before_a_wish_does_not_answer_it() -> None:
    life = given(*OFFERED).when(WISH).then("remedy_wished")
    assert len(life.case.wishes.open) == 1
    life = life.when(say(AnswerWish, OWNER, wish=1, reason="we no longer make that cup")).then(
        "wish_answered"
    )
    life = life.when(say(AnswerWish, OWNER, wish=1, reason="again")).then()
    assert life.case.wishes.made[0].answered == "we no longer make that cup"
    life.when(say(AnswerWish, OWNER, wish=2, reason="x")).then_refused("there is no wish 2", "no-wish")


def test_no_result_stands_while_a_wish_is_open() -> None:
    life = given(*PUT_RIGHT, WISH)
    life.when(register()).then_refused("wish 1 is open", "open-wish")
    answered = life.told(say(AnswerWish, OWNER, wish=1, reason="your money is on its way"))
    answered.when(register()).then("result_registered")


def test_staff_enter_a_wish_with_the_contact_that_proves_it() -> None:
    life = given(*IN_RECOVERY)
    for wrong in (None, 0, 2):
        said = say(WishRemedy, OWNER, wish="a new one", contact=wrong)
        life.when(said).then_refused("with the contact that proves it", "contact")
    life.when(say(WishRemedy, OWNER, wish="a new one", contact=1)).then("remedy_wished")
    life.when(say(WishRemedy, TOM, wish="a new one")).then_refused("another customer's case")


def test_a_wish_names_a_remedy_that_there_is_and_wishes_are_bounded() -> None:
    life = given(*IN_RECOVERY)
    life.when(say(WishRemedy, MIRA, wish="no", remedy="refusal")).then_refused(
        "remedy: use one of", "remedy-kind"
    )
    many = [say(WishRemedy, MIRA, wish=f"wish {number}") for number in range(20)]
    life.told(*many).when(WISH).then_refused("takes 20 wishes", "wishes")


# Changing one's mind. --------------------------------------------------------------------------------------

NEVER_MIND = say(CancelRemedy, MIRA, reason="I would rather keep it")


def test_the_customer_changes_their_mind_until_the_pivot_and_gets_another_offer() -> None:
    life = given(
        *IN_RECOVERY, propose(plan(decision("exchange"), collect=True)), accept(), ok("reserve", RESERVED)
    )
    life = life.told(ok("collect", BOOKED)).told(NEVER_MIND)
    assert life.case.saga.cancelled == "I would rather keep it"
    past = given(*PUT_RIGHT)
    past.when(NEVER_MIND).then_refused("no remedy is being carried out", "no-saga")


def test_after_a_change_of_mind_everything_is_undone_and_another_remedy_may_follow() -> None:
    life = given(*IN_RECOVERY, propose(plan(decision("exchange"))), accept(), NEVER_MIND)
    life = life.told(ok("reserve", RESERVED), ok("undo-reserve", UNDONE))
    assert life.case.saga.stage == "compensated"
    life.when(propose()).then("remedy_proposed", "remedy_offered")


# A better offer. -------------------------------------------------------------------------------------------

DECLINED: tuple[Item, ...] = (*OFFERED, decline())


@pytest.mark.parametrize(
    "worse",
    [
        plan(),
        plan(words="the same in other words"),
        plan(decision(amount=eur(8_999))),
        plan(decision("apology")),
        plan(decision("goodwill_credit", amount=eur(8_999))),
        plan(decision("refusal")),
    ],
)
def test_a_declined_offer_is_not_made_again_nor_a_worse_one(worse: Plan) -> None:
    life = given(*DECLINED)
    life.when(propose(worse)).then_refused("declined apology_call, refund for 90.00 EUR", "not-better")


@pytest.mark.parametrize(
    "better",
    [
        plan(decision(amount=eur(9_001))),
        plan(decision("goodwill_credit")),
        plan(decision("exchange")),
        plan(gestures=("apology_call", "manager_letter")),
        plan(alternatives=(SWAP,)),
    ],
)
def test_more_or_something_else_is_better(better: Plan) -> None:
    given(*DECLINED).when(propose(better)).then("remedy_proposed", "remedy_offered")


def test_an_extra_is_better() -> None:
    giving = POLICY.model_copy(
        update={
            "offer_table": (OfferRule(id="p", harm="price", owes="price", clause="promise"),),
            "extra_limits": (ExtraLimit(at_most=eur(500), clause="promise"),),
        }
    )
    more = plan(extras=(Extra(amount=eur(500), reason="for asking twice"),))
    given(*DECLINED, policy=giving).when(propose(more)).then("remedy_proposed", "remedy_offered")


def test_what_was_not_declined_may_be_proposed_again() -> None:
    given(*OFFERED, wait(days=20)).when(propose(by=SUPERVISOR)).then("remedy_proposed", "remedy_offered")


def test_a_second_declined_offer_leaves_the_final_position() -> None:
    life = given(*DECLINED, propose(plan(decision(amount=eur(9_500)))), decline())
    life.when(propose(plan(decision(amount=eur(9_900))))).then_refused("no further offer", "offers")
    life = life.told(register(final=True, outcome="partly_upheld"))
    (notice,) = [key for key in life.owed if key.startswith("result-notice")]
    assert notice


# Appeal. ---------------------------------------------------------------------------------------------------


def test_a_reviewer_neither_owned_nor_proposed_nor_approved_nor_decided() -> None:
    dear = plan(decision(amount=eur(20_000)))
    script = (*IN_RECOVERY, propose(dear), approve(SUPERVISOR), decline())
    life = given(*script, register(HEAD, final=True, outcome="not_upheld"), ok("result-notice", NOTICE))
    life = life.told(say(AppealCase, MIRA, reason="nobody listened"))
    assert life.last("owner_appointed").owner == "pat"  # sue approved, though she never owned it
    assert life.case.remedy.people == ("ann", "sue")
    usual = given(*FINAL, say(AppealCase, MIRA, reason="nobody listened"))
    assert usual.case.assignment.owner not in ("ann", None)
