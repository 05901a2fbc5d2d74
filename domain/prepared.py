"""Prepared answers: the same question gets the same answer, and every customer their own words in it (R90).

The hundredth who asks is owed the care of the first: nothing goes out before this customer's situation is
filled in.
"""

import re
from collections.abc import Mapping

from domain.policy import Language, Policy, PreparedAnswer
from domain.refusal import Refused
from domain.suggestion import speaks_of

FIELD = re.compile(r"\{(\w+)\}")


def fields_of(text: str) -> tuple[str, ...]:
    """Return what of the situation a prepared text asks for, in its order, each once."""
    return tuple(dict.fromkeys(FIELD.findall(text)))


def fitting(policy: Policy, text: str) -> tuple[PreparedAnswer, ...]:
    """Return the prepared answers to what a report asks, as its words have it."""
    return tuple(each for each in policy.prepared if any(speaks_of(word, text) for word in each.words))


def filled(policy: Policy, id_: str, situation: Mapping[str, str], language: Language) -> str:
    """Return a prepared answer about this customer's situation.

    Raises:
        Refused: no such answer is prepared, or the situation lacks something or holds what nobody asks for.
    """
    known = {each.id: each for each in policy.prepared}
    if id_ not in known:
        there = f"use one of {', '.join(known)}" if known else "this policy has none; give `text`"
        raise Refused(f"prepared: {there}", code="prepared")
    text = known[id_].text[language]
    asked = fields_of(text)
    for name in asked:
        if not situation.get(name, "").strip():
            raise Refused(f"situation.{name}: say how it is with this customer", code="empty-slot")
    for name in situation:
        if name not in asked:
            raise Refused(
                f"situation.{name}: the answer has no such place; use {', '.join(asked)}", code="prepared"
            )
    return FIELD.sub(lambda found: situation[found[1]].strip(), text)
