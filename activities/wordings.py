"""Wordings of notices: texts with named slots, and the one way to fill them."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from string import Formatter

from domain.notice import bare
from domain.record import Line, Record, Text


class Wordings(Record):
    """The texts of one policy: template, then language, then text with `{slots}`."""

    texts: dict[Line, dict[Line, Text]]


class Unfillable(Exception):  # noqa: N818 - what cannot be filled
    """A text that cannot be rendered; the message names the slot and never what was to fill it."""


def render(text: str, slots: Mapping[str, str]) -> str:
    """Fill the named slots of a text, each exactly as given.

    A line with a slot that may stay empty (`{name?}`) is left out where it does.

    Raises:
        Unfillable: where a slot stays empty, is not in the text, or is more than a name.
    """
    wanted = {bare(slot) for slot in slots_in(text)}
    parts = _parts("\n".join(line for line in text.split("\n") if not _left_out(line, slots)))
    unfilled = sorted(name for _, name in parts if name is not None and not slots.get(bare(name)))
    if unfilled:
        raise Unfillable(f"the slot {unfilled[0]} is not filled")
    unknown = sorted(slots.keys() - wanted)
    if unknown:
        raise Unfillable(f"the wording has no slot {unknown[0]}")
    return "".join(literal + (slots[bare(name)] if name is not None else "") for literal, name in parts)


def slots_in(text: str) -> tuple[str, ...]:
    """Return the slots of a text in their order, each once, with the mark of those that may stay empty."""
    return tuple(dict.fromkeys(name for _, name in _parts(text) if name is not None))


def _left_out(line: str, slots: Mapping[str, str]) -> bool:
    """Say whether a line of a text has nothing to say; a brace that is torn over two lines is told later."""
    with suppress(Unfillable):
        return any(slot.endswith("?") and not slots.get(bare(slot)) for slot in slots_in(line))
    return False


def script(
    wordings: Wordings, questions: Iterable[str], language: str, *, prefix: str = "question_"
) -> dict[str, str]:
    """Return the words in which each question is asked; one without words is left out."""
    found = {each: wordings.texts.get(f"{prefix}{each}", {}).get(language) for each in questions}
    return {name: text for name, text in found.items() if text is not None}


def _parts(text: str) -> list[tuple[str, str | None]]:
    """Return literal texts, each with the slot that follows it."""
    try:
        parsed = [*Formatter().parse(text)]
    except ValueError:
        raise Unfillable("the wording has an unmatched brace") from None
    for _, name, form, conversion in parsed:
        # Attributes, indexes and formats would let a wording reach further than its slots.
        if name is not None and (not bare(name).isidentifier() or form or conversion):
            raise Unfillable(f"the wording has a slot that is more than a name: {name}")
    return [(literal, name) for literal, name, _, _ in parsed]
