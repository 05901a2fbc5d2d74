"""Every refusal of the domain says what to do, not only what is wrong."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import domain

VERBS = (
    "accept|act|add|answer|ask|class|correct|decide|do|enter|escalate|find|give|go|join|keep|leave|let|link|log|look|"
    "make|move|name|offer|open|propose|put|record|refund|register|report|request|say|set|speak|state|tell|transfer|"
    "triage|use|wait|withdraw"
)
TELLS = re.compile(
    rf"(^|[;:,.] |\bor |\band |\belse |`)({VERBS})\b"
    r"|\b\w+ first\b|\b(may|only|these)( call| can be extended)?: ",
    re.IGNORECASE,
)
"""An imperative where one begins, what comes first, or who may."""


def _text(node: ast.expr) -> str | None:
    """Return a text with its gaps as `{}`; None where it is made elsewhere."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.JoinedStr(values=values):
            return "".join(_text(value) or "{}" for value in values)
        case ast.FormattedValue():
            return "{}"
        case _:
            return None


def sites() -> Iterator[tuple[str, ast.expr]]:
    for path in sorted(Path(domain.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                yield f"{path.stem}:{node.lineno}", node.args[0]


def told(node: ast.expr) -> list[str]:
    """Return the texts that a refusal may carry."""
    branches = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    return [text for text in map(_text, branches) if text is not None]


ELSEWHERE = {"problem[0]", "_what_would_do(rule, before, place)"}
"""Reasons that a function makes: `joining.stays`, which names commands, and the standards' own."""

FILLED = ("prepared: {}", "the {} would leave {} empty: {}", "{}.amount: {} comes to {}; {}")
"""Reasons whose last gap is the cure, from a table."""


def test_every_refusal_says_what_to_do() -> None:
    unmade = [where for where, node in sites() if not told(node) and ast.unparse(node) not in ELSEWHERE]
    assert unmade == []
    said = [(where, text) for where, node in sites() for text in told(node)]
    assert len(said) > 200
    assert [each for each in said if each[1] not in FILLED and not TELLS.search(each[1])] == []


def test_the_rule_itself_tells_the_two_apart() -> None:
    assert not TELLS.search("by: this is another customer's case")
    assert not TELLS.search("harm lines are undecided or the remedy is not carried out yet")
    assert TELLS.search("contact: log the contact in which the customer heard of it")
