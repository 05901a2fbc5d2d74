"""How a policy speaks, in words, for the comparison of two policies."""

from collections.abc import Iterator, Mapping

from cli.policy_rules import Sentence, Subject
from domain.policy import Language, Policy


def speech(policy: Policy) -> Iterator[Sentence]:
    """Say which words are held against what, who is called how, and what letters must say."""
    for notice, slots in policy.slots.items():
        yield Subject("slots of notice", notice), ", ".join(slots)
    spoken = policy.spoken
    if spoken is None:
        return
    for name in ("blaming_causes", "blames", "harsh", "sorry"):
        yield Subject("words", name.replace("_", " ")), ", ".join(getattr(spoken, name))
    for place, each in enumerate(spoken.address, start=1):
        whom = ", ".join((*each.tiers, *(f"in a {tone} tone" for tone in each.tones))) or "everybody else"
        yield Subject("addressed", f"entry {place}"), f"{whom}: {_both(each.words)}"
    for tone, words in spoken.tones.items():
        yield Subject("tone", f"{tone} opening"), _both(words.opening)
        yield Subject("tone", f"{tone} closing"), _both(words.closing)
    for person, names in spoken.names.items():
        yield Subject("called", person), _both(names)
    if spoken.by_phone:
        yield Subject("words", "with an offer by phone"), ", ".join(spoken.by_phone)
    for place, letter in enumerate(spoken.letters, start=1):
        when = ", ".join(letter.outcomes) or "whatever the outcome"
        yield Subject("letter must say", f"{place}"), f"{letter.notice}, {when}: {', '.join(letter.says)}"


def _both(texts: Mapping[Language, str]) -> str:
    return " / ".join(f"{language} {text}" for language, text in texts.items())
