"""Files of wordings: each notice in every language, with exactly the slots that the case fills."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from activities.wordings import Unfillable, Wordings, render
from domain.policy import Language
from domain.record import canonical
from policies.errors import PolicyError, Problem
from policies.fields import problems_of
from policies.tree import Document, read

TEMPLATES: dict[str, tuple[str, ...]] = {
    "acknowledgement": ("number",),
    "complaint_acknowledgement": ("number",),
    "offer": ("number", "offer"),
    "offer_reminder": ("number", "offer"),
    "result": ("number", "summary"),
    "final_position": ("number", "summary", "outside_body"),
    "answer": ("number", "answer"),
    "delay": ("number",),
    "target_staff": ("number", "target"),
    "withdrawal_noted": ("number", "reason"),
}
"""Every notice that a case can send, and the slots that it fills."""

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
    for template in TEMPLATES.keys() - wordings.texts.keys():
        yield document.problem((), "is missing", missing=template)
    for template, texts in wordings.texts.items():
        if template not in TEMPLATES:
            yield document.problem((template,), f"is not a notice; the notices are {', '.join(TEMPLATES)}")
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


def _wrong(template: str, language: str, text: str) -> str | None:
    if language not in LANGUAGES:
        return f"is not a language; use {', '.join(LANGUAGES)}"
    if language == "ko" and not HANGUL.search(text):
        return "has no Korean in it"
    try:
        render(text, dict.fromkeys(TEMPLATES[template], "-"))
    except Unfillable as unfillable:
        slots = ", ".join(f"{{{slot}}}" for slot in TEMPLATES[template])
        return f"{unfillable}; its slots are {slots}"
    return None
