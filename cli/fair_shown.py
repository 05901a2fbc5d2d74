"""Shows the findings of a period, in Korean and English."""

from rich.console import Group, RenderableType

from cli.fair_period import Counted, Findings
from cli.output import row, table
from domain.fairness_many import SharedFinding
from domain.figures import Period
from domain.finding import State, Words
from domain.policy import Language

HEADINGS: dict[Language, tuple[str, ...]] = {
    "ko": ("위반", "건수", "사례", "규칙별", "접수번호"),
    "en": ("under", "findings", "cases", "by rule", "in"),
}

MANY_HEADINGS: dict[Language, tuple[str, ...]] = {
    "ko": ("규칙", "내용", "조항", "증거"),
    "en": ("rule", "what", "clause", "proved by"),
}
STATES: dict[State, Words] = {
    "open": {"ko": "바로잡을 수 있음", "en": "can be put right"},
    "put_right": {"ko": "바로잡음", "en": "put right"},
    "too_late": {"ko": "늦음", "en": "too late"},
}
"""What a report's words are called, in both languages."""

SHOWN = 5
"""Cases that a person is shown of each line; programs get them all."""


def shown(found: Findings, days: Period, language: Language) -> RenderableType:
    """Return what a person sees."""
    title = {
        "ko": f"{days.first}부터 {days.last}까지: {found.judged}건 판정",
        "en": f"{days.first} to {days.last}: {found.judged} cases judged",
    }[language]
    if found.unjudged:
        title += {"ko": f", {found.unjudged}건 판정 불가", "en": f", {found.unjudged} not"}[language]
    lines = table(title, *HEADINGS[language])
    for each in found.counted:
        rules = "  ".join(f"{rule} {count}" for rule, count in each.rules.items())
        row(lines, each.heading, each.findings, each.cases, rules, _where(each))
    return Group(lines, _many_shown(found.over_many, language)) if found.over_many else lines


def _where(counted: Counted) -> str:
    cases = dict.fromkeys(each.case for each in counted.found)
    return ", ".join([*cases][:SHOWN]) + (" …" if len(cases) > SHOWN else "")


def _many_shown(found: tuple[SharedFinding, ...], language: Language) -> RenderableType:
    title = {"ko": "\n여러 건에서 드러난 것", "en": "\nWhat many cases show together"}[language]
    lines = table(title, *MANY_HEADINGS[language])
    for each in found:
        cases = [f"{proof.case} {', '.join(f'#{seq}' for seq in proof.events)}" for proof in each.proof]
        more = " …" if len(cases) > SHOWN else ""
        row(lines, each.rule, each.what[language], each.clause, "; ".join(cases[:SHOWN]) + more)
        row(lines, "", f"{STATES[each.state][language]}  {each.repair[language]}", "", "")
    return lines
