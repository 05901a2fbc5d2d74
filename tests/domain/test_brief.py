"""The agent brief: one reading gives all that is known of a customer, an earlier case's promise first."""

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

from domain.assignment import AcceptCase
from domain.brief import LABELS, PARTS, PROFILES, at_a_glance, brief, in_words
from domain.case import Case
from domain.effect import CustomerSnapshot, CustomerValue, EarlierFailure
from domain.policy import Language
from domain.promise import KeepPromise, MakePromise
from domain.regard import Known
from domain.wish import WishRemedy
from tests.domain.lives import (
    ADDED_UP,
    AGENT,
    CUSTOMER,
    MIRA,
    MONDAY,
    NOTICE,
    ORDER,
    SUPERVISOR,
    Item,
    Life,
    contact,
    decision,
    eur,
    given,
    ok,
    opening,
    plan,
    propose,
    say,
    triage,
    unknown,
)
from tests.domain.test_regard import EARLIER
from tests.domain.test_treatment import TREATED

RULES = TREATED.model_copy(update={"authority_totals": ADDED_UP.authority_totals})
REGULAR = CUSTOMER.model_copy(
    update={
        "purchases": 9,
        "first_bought_on": date(2020, 1, 1),
        "tier": "gold",
        "prefers": ("exchange",),
        "access": ("large-print",),
        "cases": (EARLIER,),
        "earlier": (EarlierFailure(on=date(2026, 10, 20)),),
        "value": CustomerValue(base=eur(4_000), volume=eur(1_000), referral=eur(500)),
    }
)


def life(*items: Item, profile: Item = ok("customer", REGULAR)) -> Life:  # noqa: B008 - frozen
    """Return an owned case of a regular."""
    begun = (opening(), ok("acknowledgement", NOTICE), profile, ok("order", ORDER), triage(wants="a refund"))
    return given(*begun, accepted, *items, policy=RULES)


def accepted(case: Case) -> AcceptCase:
    """Whoever was failed before begins with a supervisor."""
    taken: AcceptCase = say(AcceptCase, SUPERVISOR if case.assignment.owner else AGENT)
    return taken


def test_one_reading_gives_profile_cases_promises_authority_remedies_and_value() -> None:
    found = brief(life(say(MakePromise, AGENT, what="I call you", word="soon")).case)
    assert (found.profile, found.customer, found.tier, found.relation) == ("known", "mira", "gold", "regular")
    assert [(each.case_id, each.number, each.earlier, each.what) for each in found.promises] == [
        ("OLD", 2, True, "a call"),
        ("TEST", 1, False, "I call you"),
    ]
    assert found.acknowledge == ("promise:OLD/2", "promise:1", "access:large-print")
    assert [each.case_id for each in found.cases or ()] == ["OLD"]
    assert found.earlier_failure == date(2026, 10, 20)
    assert found.remedies == RULES.remedies
    assert found.value == {"base": eur(4_000), "volume": eur(1_000), "referral": eur(500)}
    assert found.at_risk == eur(5_500)
    assert {each.id for each in found.clauses} == {"care", "again", "promise"}


def test_it_says_what_not_to_ask_again() -> None:
    told = brief(life(say(WishRemedy, MIRA, wish="a new cup")).case).told
    assert told["words"] == "The cup arrived broken."
    assert (told["order"], told["wants"], told["wishes"]) == ("o1", "a refund", "a new cup")
    assert told["contact"] == "phone, email"
    assert "555" not in str(told), "how to reach somebody is named, not shown"


def test_authority_left_shrinks_with_what_the_case_gave() -> None:
    def left(found: Life) -> dict[str, int]:
        return {each.role: each.in_this_case.minor for each in brief(found.case).authority}

    before = life()
    assert left(before)["owner"] == 15_000
    given_already = replace_given(before, 12_000)
    assert left(given_already)["owner"] == 3_000
    [owner] = [each for each in brief(given_already.case).authority if each.role == "owner"]
    assert owner.at_once == eur(3_000)


def replace_given(found: Life, minor: int) -> Life:
    """Return the life as if its remedies had given so much."""
    return replace(found, case=replace(found.case, remedy=replace(found.case.remedy, given=minor)))


def test_a_kept_promise_and_a_missing_profile_leave_no_line() -> None:
    kept = life(
        say(MakePromise, AGENT, what="I call you", word="soon"),
        say(KeepPromise, MIRA, number=1, proof="call 1"),
        profile=unknown("customer"),
    )
    found = brief(kept.case)
    assert (found.profile, found.promises, found.cases, found.value, found.at_risk) == (
        "unknown",
        (),
        None,
        {},
        None,
    )
    labels = [label for label, _ in in_words(found, "en")]
    assert "open promises" not in labels
    assert "value at risk" not in labels
    assert ("profile", "unknown: the CRM did not answer, it is asked again mira") in in_words(found, "en")


def test_a_prospect_is_told_as_such_and_may_be_offered_the_same() -> None:
    prospect = brief(life(profile=ok("customer", CustomerSnapshot(known=False))).case)
    assert (prospect.profile, prospect.relation) == ("prospect", "prospect")
    assert prospect.remedies == brief(life().case).remedies


def test_it_speaks_both_languages_and_open_promises_come_first() -> None:
    found = brief(life().case)
    for language in get_args(Language):
        assert in_words(found, language)[0][0] == LABELS["promises"][language]
    assert "지키지 않은 약속" in dict(in_words(found, "ko"))
    assert "기본 수익" in dict(in_words(found, "ko"))["고객 가치"]
    for texts in (*LABELS.values(), *PARTS.values(), *PROFILES.values()):
        assert set(texts) == set(get_args(Language))
    assert set(PROFILES) == set(get_args(Known))


def test_reading_it_asks_nothing_and_changes_nothing() -> None:
    found = life(contact(SUPERVISOR), propose(plan(decision(), gestures=("manager_letter",)), by=SUPERVISOR))
    before = found.case
    assert brief(found.case) == brief(before)
    assert found.case is before
    assert found.now - MONDAY == timedelta()


def test_while_it_rings_the_caller_is_shown_without_name_id_or_words() -> None:
    found = brief(life(say(MakePromise, AGENT, what="I call you", word="soon")).case)
    for language in get_args(Language):
        shown = at_a_glance(found, language)
        labels = [label for label, _ in shown]
        assert {LABELS[name][language] for name in ("promises", "profile", "needs", "cases")} <= set(labels)
        said = " ".join(text for _, text in shown)
        assert "gold" in said
        assert not any(words in said for words in ("mira", "I call you", "broken", "a new cup"))
