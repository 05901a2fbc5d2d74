"""Shows the level of after-sale work, in Korean and English."""

from rich.console import RenderableType
from rich.table import Table

from cli.output import row, table
from domain.after_sale import AfterSale, AgainstSales, Taken
from domain.phases import Phase, PhaseSum, PhaseTaken
from domain.policy import Language


def level_shown(level: AfterSale) -> RenderableType:
    """Return the level of after-sale work as a table: answer time and courtesy."""
    shown = table("\nAfter-sale work (사후 서비스 수준)", "what", "", "passed", "of it working time")
    times = (
        ("accepted", "담당자 수락까지", level.acceptance),
        ("first real answer", "첫 실질 답변까지", level.answer),
        ("result told", "결과 통지까지", level.resolution),
    )
    for en, ko, taken in times:
        row(shown, en, ko, span(taken.seconds if taken else None), _working(taken))
    score = "-" if level.courtesy is None else f"{level.courtesy} of 7"
    row(shown, "courtesy (happy call)", "응대 태도 (해피콜)", score, "")
    said = [
        name for name, is_so in (("apology", level.apologised), ("explanation", level.explained)) if is_so
    ]
    row(shown, "said to the customer", "고객에게 전한 것", ", ".join(said) or "-", "")
    row(shown, "told the story again", "다시 설명한 횟수", level.told_again, "")
    if level.against_sales is not None:
        _against_sales(shown, level.against_sales)
    return shown


def _against_sales(shown: Table, against: AgainstSales) -> None:
    later, above = against.answered_later, against.courtesy_above
    if later is not None:
        gap = f"{span(abs(later))} {'later' if later > 0 else 'sooner'}"
        row(shown, "first real answer, against sales", "첫 답변, 판매 수준과 비교", "", gap)
    if above is not None:
        row(shown, "courtesy, against sales", "응대 태도, 판매 수준과 비교", f"{above:+g}", "")


PHASE_NAMES: dict[Phase, dict[Language, str]] = {
    "before": {"ko": "사전 (실패부터 인지까지)", "en": "before service"},
    "on": {"ko": "제공시점 (인지부터 결과까지)", "en": "on service"},
    "after": {"ko": "사후 (결과 이후)", "en": "after service"},
}


def phases_shown(taken: tuple[PhaseTaken, ...]) -> RenderableType:
    """Return the phases of a case as a table: steps, time and cost."""
    shown = table("\nPhases (서비스 단계)", "phase", "", "steps", "time", "cost")
    for each in taken:
        names, price = PHASE_NAMES[each.phase], each.cost.total if each.cost else "-"
        row(shown, names["en"], names["ko"], each.events, span(each.seconds), price)
    return shown


def phase_sums_shown(sums: tuple[PhaseSum, ...]) -> RenderableType:
    """Return what phases took in several cases, as a table: the mean time, and the cost of all."""
    shown = table("\nPhases of ended cases (서비스 단계)", "phase", "", "cases", "mean time", "cost")
    for each in sums:
        mean = each.seconds // each.known if each.known else None
        names = PHASE_NAMES[each.phase]
        row(shown, names["en"], names["ko"], each.known, span(mean), each.cost or "-")
    return shown


def _working(taken: Taken | None) -> str:
    return span(taken.working_seconds if taken else None)


def span(seconds: int | None) -> str:
    """Return a length of time as a person reads it."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
