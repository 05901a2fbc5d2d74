"""The words that go out change with the tone that the policy chose from the profile (R64)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from activities.notices import rendered
from domain.actor import Actor, Role
from domain.case import todo
from domain.effect import CustomerSnapshot, SendNotice
from domain.policy import Policy
from domain.treatment import TreatmentDecided
from policies import load, wordings
from policies.speech import unsaid
from tests.domain.lives import CUSTOMER, NOTICE, Life, given, ok, opening, triage

SHIPPED = ("finance-uk", "finance-us", "retail-kr")
STAFF = Actor(role=Role.AGENT, id="agent-01")
PROSPECT = CustomerSnapshot(known=False)
PARTNER = CUSTOMER.model_copy(update={"partner": True})


@pytest.fixture(params=SHIPPED, scope="module")
def policy(request: pytest.FixtureRequest) -> Policy:
    return load(str(request.param), year_from=2026)


def complained(policy: Policy, customer: CustomerSnapshot, language: str) -> Life:
    """Return an inquiry of this customer that turned out a complaint: they are written to about that."""
    came = opening(language=language, voc_type="inquiry")
    begun = (came, ok("acknowledgement", NOTICE), ok("customer", customer))
    asked = triage(voc_type="inquiry", cause=None, harm_lines=(), by=STAFF)
    return given(*begun, asked, triage(cause=None, harm_lines=(), by=STAFF), policy=policy)


def letter(life: Life) -> tuple[str, str]:
    """Return the clause by which the tone was chosen, and the words that go out."""
    (request,) = [effect.request for effect in todo(life.case) if effect.key == "acknowledgement:2"]
    assert isinstance(request, SendNotice)
    decided = next(event for event in reversed(life.events) if isinstance(event, TreatmentDecided))
    return decided.clause or "", rendered(wordings(), request, request.slots)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_two_profiles_read_two_letters_each_with_the_clause_that_chose_its_tone(
    policy: Policy, language: str
) -> None:
    assert policy.spoken is not None
    formal, warm = policy.spoken.tones["formal"], policy.spoken.tones["warm"]
    for customer, own, other in ((PROSPECT, formal, warm), (PARTNER, warm, formal)):
        clause, text = letter(complained(policy, customer, language))
        assert clause in {each.id for each in policy.clauses}
        assert own.opening[language] in text  # type: ignore[index]
        assert text.endswith(own.closing[language])  # type: ignore[index]
        assert other.opening[language] not in text  # type: ignore[index]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_plain_letter_says_neither(policy: Policy, language: str) -> None:
    assert policy.spoken is not None
    _, text = letter(complained(policy, CUSTOMER, language))
    for tone in policy.spoken.tones.values():
        assert not any(words[language] in text for words in (tone.opening, tone.closing) if words)  # type: ignore[index]


def test_a_tone_without_words_is_named(edited: Callable[..., Path], told: Callable[..., None]) -> None:
    told(
        edited(("    plain: {}\n", "")),
        "treatments[14].tone",
        "is plain, for which `spoken.tones` has no words",
    )


def test_words_of_a_tone_that_no_notice_says_are_named(policy: Policy) -> None:
    silent = policy.model_copy(
        update={
            "slots": {
                name: tuple(slot for slot in slots if slot != "closing?")
                for name, slots in policy.slots.items()
            }
        }
    )
    found = [*unsaid(silent, wordings()[policy.wording_hash])]
    assert (
        ("spoken", "tones", "warm", "closing"),
        "is said in no notice: no wording has {closing?}",
    ) in found
