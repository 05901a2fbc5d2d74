from collections.abc import Callable
from pathlib import Path

import pytest

Edit = Callable[..., Path]
Told = Callable[[Path, str, str], None]

HOURS = """hours:
    mon: &weekday [["09:00", "12:00"], ["13:00", "18:00"]]
    tue: *weekday
    wed: *weekday
    thu: *weekday
    fri: *weekday"""
SENT_ON_RECEIPT = "    starts_on: receipt\n    met_by: sent\n"
USELESS = (
    "{name: accept, budget: {unit: weeks, n: 1}, clause: own-answer, "
    "ladder: [{at: breach, actions: [escalate]}]}"
)
EVERY_PRICE = "{id: price-all, harm: price, owes: price, clause: own-goodwill}\n"
CASES = {
    "undefined clause": ("clause: own-acknowledge", "clause: own-x", "targets[0].clause", "own-x, which is"),
    "undefined statutory clause": ("clause: ecommerce-18-2", "clause: x", "statutory[2].clause", "clause x"),
    "hard clause": (
        "\nfairness:\n",
        "\nfairness:\n  max_conditions: 2\n",
        "clauses[7].conditions",
        "has 3 conditions; the most is 2",
    ),
    "undefined department": (
        "- {department: production, causes",
        "- {department: produce, causes",
        "routing[3].department",
        "produce, which is not defined; there are r_and_d",
    ),
    "undefined fallback": (
        "fallback_department: customer_service",
        "fallback_department: nobody",
        "fallback_department",
        "department nobody",
    ),
    "undefined person": (
        "[sup-05, head-",
        "[sup-99, head-",
        "departments[0].levels[0]",
        "not among the people",
    ),
    "agent as a level": ("[sup-05, ", "[agent-11, ", "departments[0].levels[0]", "neither supervisor"),
    "person of no department": (
        "agent-01, roles: [agent], department: customer_service",
        "agent-01, roles: [agent], department: x",
        "people[0].department",
        "names the department x",
    ),
    "skill that nobody has": (
        "{skill: grave_cases, severities",
        "{skill: patience, severities",
        "handling.skills[2].skill",
        "nobody among people has",
    ),
    "skill that nothing asks for": (
        "agent-09, roles: [agent], department: sales, skills: [grave_cases]",
        "agent-09, roles: [agent], department: sales, skills: [juggling]",
        "people[8].skills[0]",
        "no rule of handling.skills asks",
    ),
    "skill for upset customers that nobody has": (
        "heated: {skill: de_escalation,",
        "heated: {skill: patience,",
        "handling.heated.skill",
        "nobody among people has",
    ),
    "upset customers whom nobody calls back": (
        "  - name: call_back",
        "  - name: owner_accepts\n    voc_types: [suggestion]",
        "handling.heated",
        "needs the target call_back",
    ),
    "absence that ends before it begins": (
        "agent-03, roles: [agent], department: customer_service",
        (
            "agent-03, roles: [agent], department: customer_service, "
            "absences: [{from_day: 2026-12-09, to_day: 2026-12-01}]"
        ),
        "people[2].absences[0].to_day",
        "before from_day",
    ),
    "no head of the figures": (
        "service_head: head-customer_service",
        "service_head: sup-01",
        "service_head",
        "must be a department_head",
    ),
    "handling in another currency": (
        "contact_minute: {minor: 500, currency: KRW}",
        "contact_minute: {minor: 500, currency: USD}",
        "handling.costs.contact_minute.currency",
        "must be KRW",
    ),
    "person twice": ("- {id: agent-02,", "- {id: agent-01,", "people[1].id", "defined twice"),
    "undefined cause": ("causes: [defect],", "causes: [defekt],", "routing[3].causes[0]", "cause defekt"),
    "undefined cause of fees": (
        "firm_pays_causes: [defect,",
        "firm_pays_causes: [defekt,",
        "firm_pays_causes[0]",
        "cause defekt",
    ),
    "undefined clause of an amount": (
        "owes: price, clause: ecommerce-17-1",
        "owes: price, clause: x",
        "offer_table[1].clause",
        "clause x",
    ),
    "undefined clause of extras": (
        "{at_most: {minor: 20000, currency: KRW}, clause: own-goodwill}",
        "{at_most: {minor: 20000, currency: KRW}, clause: x}",
        "extra_limits[1].clause",
        "clause x",
    ),
    "undefined clause of a budget of extras": (
        "{at_most: {minor: 10000000, currency: KRW}, clause: own-goodwill}",
        "{at_most: {minor: 10000000, currency: KRW}, clause: x}",
        "extra_budgets[1].clause",
        "clause x",
    ),
    "undefined cause of an amount": (
        "causes: &firm [defect,",
        "causes: &firm [defekt,",
        "offer_table[0].causes[0]",
        "cause defekt",
    ),
    "rule of an amount twice": (
        "{id: price-other,",
        "{id: price-firm,",
        "offer_table[1].id",
        "defined twice",
    ),
    "rule of an amount that never holds": (
        "{id: price-firm, harm: price, causes: &firm [",
        f"{EVERY_PRICE}  - {{id: price-firm, harm: price, causes: &firm [",
        "offer_table[1]",
        "never used",
    ),
    "usual amount of what is owed": (
        "owes: shipping, clause: ecommerce-18-10",
        "owes: shipping, usual: {minor: 1, currency: KRW}, clause: ecommerce-18-10",
        "offer_table[2].usual",
        "belongs to extras only",
    ),
    "extra without a limit": (
        "usual: {minor: 3000, currency: KRW}, at_most: {minor: 10000, currency: KRW},",
        "usual: {minor: 3000, currency: KRW},",
        "offer_table[6]",
        "at_most, its limit",
    ),
    "usual above the limit": (
        "usual: {minor: 3000, currency: KRW}",
        "usual: {minor: 300000, currency: KRW}",
        "offer_table[6].usual",
        "more than at_most",
    ),
    "limit of extras in another currency": (
        "{at_most: {minor: 20000, currency: KRW}",
        "{at_most: {minor: 20000, currency: USD}",
        "extra_limits[1].at_most.currency",
        "must be KRW",
    ),
    "budget of extras in another currency": (
        "{at_most: {minor: 10000000, currency: KRW}",
        "{at_most: {minor: 10000000, currency: USD}",
        "extra_budgets[1].at_most.currency",
        "must be KRW",
    ),
    "usual amount in another currency": (
        "usual: {minor: 5000, currency: KRW}",
        "usual: {minor: 5000, currency: USD}",
        "offer_table[5].usual.currency",
        "must be KRW",
    ),
    "undefined clause of a standard": (
        "instead_of: [exchange], clause: dispute-standards-same-kind",
        "instead_of: [exchange], clause: x",
        "standards[2].clause",
        "clause x",
    ),
    "undefined clause of the warranty": (
        "products: {cup: 12}, clause: own-warranty-expired",
        "products: {cup: 12}, clause: x",
        "warranty.clause",
        "clause x",
    ),
    "undefined clause of interest": (
        "basis_points: 1500, clause: ecommerce-decree-21-3",
        "basis_points: 1500, clause: x",
        "interest[0].clause",
        "clause x",
    ),
    "rates of interest out of order": (
        "  - {valid_from: 2016-01-01,",
        "  - {valid_from: 2020-01-01, basis_points: 1, clause: own-goodwill}\n  - {valid_from: 2016-01-01,",
        "interest[1].valid_from",
        "later than the entry before",
    ),
    "standard that owes what is not offered": (
        "owed: [refund], instead_of",
        "owed: [correction], instead_of",
        "standards[2].owed[0]",
        "not among remedies",
    ),
    "undefined clause of a guarantee": (
        "    clause: own-on-time",
        "    clause: x",
        "guarantees[0].clause",
        "clause x",
    ),
    "guarantee of a delivery that names a target": (
        "    promise: delivery\n",
        "    promise: delivery\n    target: resolve\n",
        "guarantees[0].target",
        "only for one",
    ),
    "guarantee that pays nothing": (
        "    pays: {minor: 3000,",
        "    pays: {minor: 0,",
        "guarantees[0].pays",
        "more than nothing",
    ),
    "guarantee in another currency": (
        "    pays: {minor: 3000, currency: KRW}",
        "    pays: {minor: 3000, currency: USD}",
        "guarantees[0].pays.currency",
        "must be KRW",
    ),
    "remedy whose benefit nobody says": (
        "benefits:\n  refund:",
        "benefits:\n  correction:",
        "benefits",
        "does not say why refund helps",
    ),
    "hours that never open": (HOURS, "hours: {mon: []}", "calendar.hours", "never opens"),
    "no hours": (HOURS, "hours: {}", "calendar.hours", "never opens"),
    "hours of one past day": (
        HOURS,
        'hours: {}\n  special_days: {2030-01-02: [["09:00", "10:00"]]}',
        "approval",
        "never falls due",
    ),
    "ladder without breach": (
        "      - {at: breach, actions: [tell_supervisor]}\n",
        "",
        "targets[0].ladder",
        "exactly one rung at: breach",
    ),
    "nothing as a length": ("금방: PT20M", "금방: PT0S", "vague_words.금방", "longer than nothing"),
    "step given up before one try is over": (
        "unknown_after: PT10M",
        "unknown_after: PT44S",
        "unknown_after",
        "not be shorter than 45 seconds, which a single try",
    ),
    "step tried again while the last try may arrive": (
        "retry_after: PT1H",
        "retry_after: PT44S",
        "retry_after",
        "not be shorter than 45 seconds, in which a try",
    ),
    "pause longer than all pauses": ("total: P21D", "total: P1D", "pause_reasons[0].total", "shorter"),
    "happy caller who owns": (
        "caller-01, roles: [happy_caller]",
        "caller-01, roles: [happy_caller, agent]",
        "people[24].roles",
        "no other role",
    ),
    "calls at night": ("from_hour: 10", "from_hour: 21", "happy_call.from_hour", "before to_hour"),
    "cut-off off the scale": ("cut_off: 3", "cut_off: 7", "happy_call.cut_off", "from 1 to 6"),
    "an advocate beyond the scale": (
        "advocate_from: {outcome_fair: 6",
        "advocate_from: {outcome_fair: 8",
        "happy_call.growth.advocate_from.outcome_fair",
        "from 1 to 7",
    ),
    "an advocate by what nobody asks": (
        "advocate_from: {outcome_fair: 6",
        "advocate_from: {clear: 6",
        "happy_call.growth.advocate_from.clear",
        "is not asked",
    ),
    "an advocate who waits for nothing": (
        "patience: P60D",
        "patience: PT0S",
        "happy_call.growth.patience",
        "longer than nothing",
    ),
    "call that cannot find fault": ("outcome_fair, ", "", "happy_call.questions", "must ask outcome_fair"),
    "foreign authority": (
        "agent: {minor: 100000, currency: KRW}",
        "agent: {minor: 100000, currency: USD}",
        "authority.agent.currency",
        "must be KRW",
    ),
    "clause without English": (
        "      en: We confirm every message at once, with its number.\n",
        "",
        "clauses[0].plain",
        "no text in en",
    ),
    "target that no case reaches": ("targets:\n", f"targets:\n  - {USELESS}\n", "targets[2]", "never used"),
    "complaints without a target": (
        "name: result_notice\n    voc_types: [complaint]",
        "name: result_notice\n    voc_types: [inquiry]",
        "targets",
        "no result_notice for complaints of severity low",
    ),
    "safety that may wait longer": (
        "done: {unit: business_days, n: 3, form: end_of_day}",
        "done: {unit: business_days, n: 30, form: end_of_day}",
        "improvement.safety.done",
        "not be later than usual.done",
    ),
    "window of no length": ("window: P90D", "window: P0D", "improvement.window", "longer than nothing"),
    "survey without a score": ("    at_most: 2\n", "", "signals[3]", "needs at_most"),
    "delay of no length": ("    later_than: PT24H\n", "", "signals[0]", "needs later_than"),
    "signals over no time": ("within: P14D", "within: P0D", "signals[1].within", "longer than nothing"),
    "signal twice": ("id: repeated-refund", "id: repeated-contact", "signals[2].id", "defined twice"),
    "extension that ends earlier": (
        SENT_ON_RECEIPT,
        f"{SENT_ON_RECEIPT}    extended_by: {{unit: business_days, n: 2, form: end_of_day}}\n",
        "statutory[4].extended_by",
        "later than budget",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_could_not_work_is_told_with_file_line_and_field(
    edited: Edit, told: Told, case: tuple[str, str, str, str]
) -> None:
    old, new, field, said = case
    told(edited((old, new)), field, said)


def test_a_policy_without_an_auditor_or_caller_says_who_is_needed(edited: Edit, told: Told) -> None:
    callers = [f"  - {{id: caller-0{place}, roles: [happy_caller]}}\n" for place in (1, 2, 3)]
    told(edited(*[(line, "") for line in callers]), "people", "has no happy_caller")


FOLLOW_UPS = {
    "a first call too soon": ("delay: PT24H", "delay: PT12H", "happy_call.delay", "from PT24H to PT48H"),
    "a question nobody knows": (
        "effort, came_back",
        "effort, mood",
        "happy_call.questions[7]",
        "no question",
    ),
    "an outcome asked of the refused": (
        "[treatment_fair, clear, solicited]",
        "[treatment_fair, outcome_fair]",
        "happy_call.refused_questions",
        "must not ask outcome_fair",
    ),
    "a link nobody looks at": (
        "look_every: PT12H",
        "look_every: P9D",
        "happy_call.link.look_every",
        "at most",
    ),
    "a form nobody can finish": (
        "form: {delay: P1D, open_for: P3D",
        "form: {delay: P1D, open_for: P9D",
        "happy_call.form.open_for",
        "inside the reopen_window",
    ),
    "a series that runs backwards": (
        "after: [P3D, P6D]",
        "after: [P6D, P3D]",
        "happy_call.after_care.after",
        "must grow",
    ),
}


@pytest.mark.parametrize("name", FOLLOW_UPS)
def test_a_follow_up_that_could_not_work_is_told(edited: Edit, told: Told, name: str) -> None:
    old, new, field, said = FOLLOW_UPS[name]
    told(edited((old, new)), field, said)
