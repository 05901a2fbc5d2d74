"""Findings that no single case shows: each with a story that breaks the rule, and one that does not."""

from itertools import permutations
from typing import Any

from domain.assignment import AcceptCase
from domain.effect import Contact
from domain.ending import AppealCase
from domain.fairness_history import history, numbered
from domain.fairness_limits import CompetingTerm, FairnessLimits
from domain.fairness_many import SharedFinding, shared_findings
from domain.fairness_marks import Facts, facts_of
from domain.policy import Policy
from domain.record import canonical
from tests.domain.fair_lives import (
    A_YEAR_BEFORE,
    ANSWERED,
    ASKS,
    EXPIRED,
    FAIR,
    LATER_HARM,
    LONG_CLAUSES,
    PUT_RIGHT,
    READ,
    SETTLED,
    SORRY,
    SUGGESTED,
    sent,
    with_order,
)
from tests.domain.lives import (
    AGENT,
    CUSTOMER,
    MIRA,
    SUPERVISOR,
    Item,
    Life,
    accept,
    decision,
    decline,
    given,
    kinds_of,
    ok,
    opening,
    plan,
    propose,
    register,
    say,
    triage,
    wait,
)

KETTLE = triage(product="kettle")
TERMS = (
    CompetingTerm(product="Kettle A", months=24, source="kettle-a.example, 2026-01-01"),
    CompetingTerm(product="Kettle B", months=12, source="kettle-b.example, 2026-01-01"),
    CompetingTerm(product="Kettle C", months=36, source="kettle-c.example, 2026-01-01"),
)


def limited(**limits: Any) -> Policy:
    """Return the fair policy with other limits."""
    return FAIR.model_copy(update={"fairness": FairnessLimits(**limits)})


def facts(
    life: Life,
    case: str = "ONE",
) -> Facts:
    """Return what a life adds, as the case of that name."""
    told = history(numbered(life.events), life.case.policy, life.now)  # type: ignore[arg-type]
    return facts_of(case, told)


def judged(*lives: Life) -> tuple[SharedFinding, ...]:
    """Judge lives as cases of their own, one a day."""
    return shared_findings(facts(each, f"CASE-{place}") for place, each in enumerate(lives, start=1))


def short(*more: Item, months: int = 6, policy: Policy = FAIR) -> Life:
    """Return a defective kettle, a year old, whose warranty is over."""
    items = (*with_order(delivered_on=A_YEAR_BEFORE, warranty_months=months), KETTLE, say(AcceptCase, AGENT))
    return given(*items, SORRY, *more, policy=policy)


REFUSED = propose(EXPIRED, by=SUPERVISOR)
MENDED = short(propose(), accept(), months=12)


def test_warranty_claims_refused_inside_the_reference_term_are_a_finding_of_the_product() -> None:
    (found,) = judged(short(REFUSED), MENDED, MENDED)
    assert (found.rule, found.level, found.about, found.clause) == ("O2", "product", "kettle", "promise")
    assert (found.counted, found.against, found.measured, found.limit, found.state) == (3, 1, 33, 10, "open")
    kinds = kinds_of(short(REFUSED).events)
    assert found.proof[0].case == "CASE-1"
    assert [kinds[seq - 1] for seq in found.proof[0].events] == [
        "order_read",
        "remedy_proposed",
        "remedy_agreed",
    ]


def test_a_share_at_the_limit_keeps_it_and_a_longer_term_ends_the_finding() -> None:
    assert judged(short(REFUSED), *[MENDED] * 9) == ()
    assert judged(short(REFUSED), *[MENDED] * 8) != ()
    assert judged(short(months=24), MENDED) == (), "while it runs, a refusal for expiry is refused itself"
    assert judged(MENDED, MENDED) == ()


def test_other_products_and_other_causes_do_not_thin_the_share() -> None:
    cup = given(*with_order(), triage(product="cup"), policy=FAIR)
    late = given(*with_order(), triage(product="kettle", cause="late"), policy=FAIR)
    (found,) = judged(short(REFUSED), *[cup, late] * 9)
    assert found.counted == 1


def test_a_later_offer_that_refuses_nothing_puts_it_right() -> None:
    mixed = plan(decision("refusal", ground="warranty"), decision(harm_line="phone"))
    first = short(LATER_HARM, propose(mixed, by=SUPERVISOR), decline())
    assert "O2" in {each.rule for each in judged(first)}
    whole = plan(decision(), decision(harm_line="phone"))
    assert "O2" not in {each.rule for each in judged(first.told(propose(whole, by=SUPERVISOR)))}


def test_a_term_below_the_middle_of_competing_products_is_a_finding_that_names_both() -> None:
    policy = limited(competing_warranty_months={"kettle": TERMS})
    (found,) = judged(short(months=18, policy=policy))
    assert (found.rule, found.about, found.measured, found.limit) == ("O2", "kettle", 18, 24)
    assert "24" in found.what["ko"]
    assert judged(short(months=24, policy=policy)) == ()
    assert judged(short(months=0, policy=policy)) == ()
    assert judged(short(months=18)) == ()


TAKEN: tuple[Item, ...] = (opening(), *READ, KETTLE, say(AcceptCase, AGENT), SORRY)
GROUNDED = propose(plan(decision(clause="promise")))


def clause(*items: Item, policy: Policy = FAIR) -> Life:
    return given(*TAKEN, GROUNDED, *items, policy=policy)


def test_offers_declined_under_one_clause_are_a_finding_of_the_clause() -> None:
    no, yes = clause(decline()), clause(accept())
    (found,) = judged(no, no, yes)
    assert (found.rule, found.level, found.about, found.clause) == ("P5", "clause", "promise", "promise")
    assert (found.counted, found.against, found.measured, found.limit) == (3, 2, 66, 50)
    assert [each.case for each in found.proof] == ["CASE-1", "CASE-2"]
    assert judged(no, yes) == ()
    assert judged(clause(), clause()) == ()


def test_a_clause_that_customers_ask_about_after_the_decision_is_a_finding() -> None:
    found = judged(clause(ASKS), clause())
    assert [(each.about, each.measured, each.against) for each in found] == [("promise", 50, 1)]
    before = given(*TAKEN, ASKS, GROUNDED, policy=FAIR)
    assert judged(before, clause()) == ()
    assert judged(clause(ASKS), *[clause()] * 4) == ()


FINAL: tuple[Item, ...] = (
    *TAKEN,
    propose(),
    decline(),
    register(final=True, outcome="not_upheld", clauses=("promise",)),
    ok("result-notice", sent("we keep to the refund of 9,000")),
)


def test_results_that_are_contested_are_a_finding_of_their_clause() -> None:
    quiet = given(*FINAL, policy=FAIR)
    appealed = given(*FINAL, say(AppealCase, MIRA, reason="not fair"), policy=FAIR)
    (found,) = (each for each in judged(appealed, quiet) if each.level == "clause")
    assert (found.rule, found.about, found.measured, found.limit) == ("P5", "promise", 50, 20)
    assert [each.level for each in judged(quiet, quiet)] == ["customer"]


def test_a_clause_with_too_many_conditions_is_a_finding_and_a_shorter_one_none() -> None:
    found = judged(clause(policy=LONG_CLAUSES))
    assert [(each.about, each.measured, each.limit) for each in found] == [("promise", 5, 4)]
    assert judged(clause()) == ()


TOLD = ok("result-notice", sent("TEST: we refunded 9,000"))


def told_in(case: str) -> Life:
    """Return a case that was settled in these words, with its own number in them."""
    words = ok("result-notice", sent(f"{case}: we refunded 9,000"))
    return given(*TAKEN, *PUT_RIGHT, register(), words, policy=FAIR)


def test_the_same_words_in_another_case_of_one_customer_are_a_finding() -> None:
    (found,) = shared_findings([facts(told_in("ONE"), "ONE"), facts(told_in("TWO"), "TWO")])
    assert (found.rule, found.level, found.about, found.state) == ("R90", "customer", "TWO", "open")
    assert [each.case for each in found.proof] == ["ONE", "TWO"]
    other = given(*TAKEN, *SETTLED, policy=FAIR)
    assert shared_findings([facts(told_in("ONE"), "ONE"), facts(other, "TWO")]) == ()


def test_what_another_customer_or_nobody_known_was_told_is_not_compared() -> None:
    def of(customer: str | None, case: str) -> Facts:
        known = CUSTOMER.model_copy(update={"customer_id": customer})
        taken = (opening(contact=Contact(phone="1")), READ[0], ok("customer", known), READ[2])
        return facts(given(*taken, *SUGGESTED[4:], *ANSWERED, policy=FAIR), case)

    assert shared_findings([of("mira", "ONE"), of("noa", "TWO")]) == ()
    assert shared_findings([of(None, "ONE"), of(None, "TWO")]) == ()
    assert len(shared_findings([of("mira", "ONE"), of("mira", "TWO")])) == 1


def test_whatever_the_order_the_report_has_the_same_bytes() -> None:
    lives = (short(REFUSED), clause(decline()), clause(ASKS), told_in("TEST"), told_in("TEST"))
    cases = [facts(each, f"CASE-{place}") for place, each in enumerate(lives)]
    told = {"".join(canonical(each) for each in shared_findings(order)) for order in permutations(cases)}
    assert len(told) == 1
    assert len(shared_findings(cases)) > 3


def test_a_share_is_held_against_the_limit_of_the_newest_case() -> None:
    mild = limited(max_short_warranty_per_cent=60)
    old, new = short(REFUSED), short(propose(), accept(), months=12, policy=mild)
    cases = [facts(old, "ONE"), facts(new, "TWO")]
    later = [facts(new, "ONE"), facts(old, "TWO")]
    assert shared_findings(cases) == ()
    assert [each.limit for each in shared_findings(later)] == [10]


def test_a_case_that_ended_cannot_be_put_right_any_more() -> None:
    over = clause(decline(), *FINAL[-2:], wait(days=60))
    assert over.case.ending.end == "final_position"
    (found,) = judged(over)
    assert found.state == "too_late"
    assert found.repair["en"]


def test_every_word_is_in_both_languages() -> None:
    policy = limited(competing_warranty_months={"kettle": TERMS})
    lives = (
        short(REFUSED, policy=policy),
        short(months=18, policy=policy),
        clause(decline()),
        clause(ASKS, policy=LONG_CLAUSES),
    )
    found = (*judged(*lives), *judged(given(*FINAL, say(AppealCase, MIRA, reason="no"), policy=FAIR)))
    assert len({each.what["en"] for each in found}) >= 5
    for each in found:
        for words in (each.what, each.repair):
            assert any("가" <= letter <= "힣" for letter in words["ko"])
            assert not any("가" <= letter <= "힣" for letter in words["en"])
