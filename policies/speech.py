"""How a policy speaks: plain words, letters that can say what they must, apology and name at first."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import get_args

from activities.wordings import Wordings
from domain.actor import Role
from domain.notice import bare
from domain.plain_speech import jargon_in
from domain.policy import Language, Policy
from domain.prepared import fields_of
from domain.suggestion import speaks_of
from policies.names import Finding
from policies.tree import Step

LANGUAGES: tuple[Language, ...] = get_args(Language)
HANGUL = re.compile("[가-힣]")
FIRST = ("acknowledgement", "complaint_acknowledgement")
"""Notices that a customer gets first."""

SPEAKS = (Role.AGENT, Role.SUPERVISOR, Role.DEPARTMENT_HEAD)
"""Roles whose people customers get to know by name."""


def texts(policy: Policy) -> Iterator[tuple[tuple[Step, ...], dict[Language, str]]]:
    """Yield every text of a policy that a customer may read, in its languages."""
    yield ("outside_body",), policy.outside_body
    yield from ((("clauses", place, "plain"), each.plain) for place, each in enumerate(policy.clauses))
    for place, clause in enumerate(policy.clauses):
        yield from ((("clauses", place, "conditions", no), each) for no, each in enumerate(clause.conditions))
    yield from ((("departments", place, "name"), each.name) for place, each in enumerate(policy.departments))
    yield from ((("guarantees", place, "terms"), each.terms) for place, each in enumerate(policy.guarantees))
    yield from ((("benefits", kind), each) for kind, each in policy.benefits.items())
    for place, answer in enumerate(policy.prepared):
        yield from (
            (("prepared", place, "question"), answer.question),
            (("prepared", place, "text"), answer.text),
        )
    if policy.spoken is not None:
        address = enumerate(policy.spoken.address)
        yield from ((("spoken", "address", place, "words"), each.words) for place, each in address)
        for tone, words in policy.spoken.tones.items():
            own = (("opening", words.opening), ("closing", words.closing))
            yield from ((("spoken", "tones", tone, part), each) for part, each in own if each)
        yield from ((("spoken", "names", person), each) for person, each in policy.spoken.names.items())


def unspeakable(policy: Policy) -> Iterator[Finding]:
    """Find texts that lack a language or plainness, and people without a name."""
    return chain(_languages(policy), _jargon(policy), _spoken(policy), _prepared(policy))


def _prepared(policy: Policy) -> Iterator[Finding]:
    """A prepared answer that asks for nothing of this customer would go to everybody alike (R90)."""
    for place, each in enumerate(policy.prepared):
        asked = {language: set(fields_of(text)) for language, text in each.text.items()}
        if not all(asked.values()):
            yield (
                ("prepared", place, "text"),
                "names nothing of the customer's situation, such as {situation}",
            )
        elif len({frozenset(names) for names in asked.values()}) > 1:
            yield ("prepared", place, "text"), "asks for other things in one language than in the other"


def _languages(policy: Policy) -> Iterator[Finding]:
    for path, text in texts(policy):
        missing = [language for language in LANGUAGES if not text.get(language, "").strip()]
        if missing:
            yield path, f"has no text in {', '.join(missing)}"
        elif text["ko"] == text["en"]:
            yield path, "says the same in two languages; translate it"
        elif not HANGUL.search(text["ko"]):
            yield (*path, "ko"), "has no Korean in it"


def _jargon(policy: Policy) -> Iterator[Finding]:
    for path, text in texts(policy):
        for language, words in text.items():
            for jargon, plain in jargon_in(policy, words):
                yield (*path, language), f"says {jargon}, which is jargon; say {plain}"


def _spoken(policy: Policy) -> Iterator[Finding]:
    spoken = policy.spoken
    if spoken is None:
        return
    for place, cause in enumerate(spoken.blaming_causes):
        if cause not in policy.causes:
            yield ("spoken", "blaming_causes", place), f"names the cause {cause}, which is not defined"
    for person in spoken.names:
        if policy.person(person) is None:
            yield ("spoken", "names", person), "is not among the people"
    for each in policy.people:
        if spoken.names and each.id not in spoken.names and set(SPEAKS) & set(each.roles):
            yield ("spoken", "names"), f"has no name for {each.id}, whom customers get to know"
    if spoken.address and (spoken.address[-1].tiers or spoken.address[-1].tones):
        yield ("spoken", "address"), "has no last entry for everybody: leave its `tiers` and `tones` out"
    for place, row in enumerate(policy.treatments):
        if spoken.tones and row.tone is not None and row.tone not in spoken.tones:
            yield ("treatments", place, "tone"), f"is {row.tone}, for which `spoken.tones` has no words"


def unsaid(policy: Policy, wordings: Wordings) -> Iterator[Finding]:
    """Find what the wordings of a policy do not say although its own rules ask for it."""
    spoken = policy.spoken
    if spoken is None:
        return
    for place, letter in enumerate(spoken.letters):
        has = {bare(slot) for slot in policy.slots[letter.notice]}
        for index, slot in enumerate(letter.says):
            if slot not in has:
                where = ("spoken", "letters", place, "says", index)
                yield where, f"names {slot}, which the wording of {letter.notice} does not say"
    for tone, words in spoken.tones.items():
        for part in (part for part in ("opening", "closing") if getattr(words, part)):
            if not any(f"{part}?" in slots for slots in policy.slots.values()):
                yield ("spoken", "tones", tone, part), f"is said in no notice: no wording has {{{part}?}}"
    for name, language in ((name, language) for name in wordings.texts for language in LANGUAGES):
        text = wordings.texts[name][language]
        for jargon, plain in jargon_in(policy, text):
            yield ("wordings",), f"{name}.{language} says {jargon}, which is jargon; say {plain}"
        if name in FIRST and not any(speaks_of(word, text) for word in spoken.sorry):
            yield ("wordings",), f"{name}.{language} holds no apology or empathy (`spoken.sorry`)"
        if name in FIRST and "owner" not in policy.slots[name]:
            yield ("wordings",), f"{name}.{language} names nobody who answers for it: say {{owner}}"
