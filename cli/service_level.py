"""Shows the level of after-sale work, in Korean and English."""

from rich.console import RenderableType

from cli.output import row, table
from domain.after_sale import AfterSale, Taken


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
