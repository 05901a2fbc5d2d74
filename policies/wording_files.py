"""Files of wordings: each notice in every language, with slots that the case can fill."""

import re
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from activities.wordings import Unfillable, Wordings, render, slots_in
from domain.notice import FIRST_SLOTS, MAY_BE_EMPTY, MAY_HAVE, bare
from domain.policy import Language
from domain.questions import SCALES
from domain.record import canonical
from domain.servqual import ITEMS
from policies.errors import PolicyError, Problem
from policies.fields import problems_of
from policies.tree import Document, read

ASKED = (*(f"question_{name}" for name in SCALES), *(f"servqual_{item.id}" for item in ITEMS))
"""What the happy call and the written form ask: words without a slot."""

TEXTS: dict[str, tuple[str, ...]] = {**MAY_HAVE, **dict.fromkeys(ASKED, ())}
"""Every text that a file has to hold, with the slots that it may have."""

LANGUAGES: tuple[Language, ...] = get_args(Language)
HANGUL = re.compile("[가-힣]")


def read_wordings(path: Path) -> Wordings:
    """Read one file of wordings.

    Raises:
        PolicyError: Naming file, line and field of every problem.
    """
    document = read(path)
    try:
        wordings = Wordings.model_validate({"texts": document.value}, strict=True)
    except ValidationError as error:
        raise PolicyError(problems_of(document, error, skip=1)) from None
    problems = tuple(_problems(document, wordings))
    if problems:
        raise PolicyError(problems)
    return wordings


def hash_of(wordings: Wordings) -> str:
    """Return the name under which policies and notices know a set of wordings: another text, another name."""
    return sha256(canonical(wordings).encode()).hexdigest()


def _problems(document: Document, wordings: Wordings) -> Iterator[Problem]:
    for template in TEXTS.keys() - wordings.texts.keys():
        yield document.problem((), "is missing", missing=template)
    for template, texts in wordings.texts.items():
        if template not in TEXTS:
            yield document.problem((template,), f"is not a notice; the notices are {', '.join(TEXTS)}")
        else:
            yield from _of_notice(document, template, texts)


def _of_notice(document: Document, template: str, texts: dict[str, str]) -> Iterator[Problem]:
    for language in LANGUAGES:
        if language not in texts:
            yield document.problem((template,), "is missing: a notice has every language", missing=language)
    for name, text in texts.items():
        message = _wrong(template, name, text)
        if message:
            yield document.problem((template, name), message)
    if len(set(texts.values())) < len(texts):
        yield document.problem((template,), "says the same in two languages; translate it")
    elif len({frozenset(_slots(text)) for text in texts.values()}) > 1:
        yield document.problem((template,), "has other slots in one language than in the other")


def _slots(text: str) -> tuple[str, ...]:
    """Return the slots of a text; of one that cannot be read, whose problem is told already, none."""
    with suppress(Unfillable):
        return slots_in(text)
    return ()


def slots_of(wordings: Wordings) -> dict[str, tuple[str, ...]]:
    """Return which slots each notice has, as a policy pins them."""
    return {template: tuple(sorted(slots_in(wordings.texts[template]["ko"]))) for template in MAY_HAVE}


def _wrong(template: str, language: str, text: str) -> str | None:
    if language not in LANGUAGES:
        return f"is not a language; use {', '.join(LANGUAGES)}"
    if language == "ko" and not HANGUL.search(text):
        return "has no Korean in it"
    try:
        slots = slots_in(text)
        render(text, dict.fromkeys(map(bare, slots), "-"))
    except Unfillable as unfillable:
        return str(unfillable)
    return _wrong_slot(template, slots)


def _wrong_slot(template: str, slots: tuple[str, ...]) -> str | None:
    names = tuple(map(bare, slots))
    missing = [slot for slot in FIRST_SLOTS.get(template, ()) if slot not in names]
    if missing:
        return f"does not say {{{missing[0]}}}"
    unknown = [name for name in names if name not in TEXTS[template]]
    if unknown:
        every = ", ".join(f"{{{slot}}}" for slot in TEXTS[template])
        return f"has a slot {unknown[0]} that nothing fills; there are {every}"
    needed = [bare(slot) for slot in slots if slot.endswith("?") and bare(slot) not in MAY_BE_EMPTY]
    if needed:
        return f"says that {needed[0]} may stay empty; write {{{needed[0]}}}"
    return None
