"""How a firm speaks to its customers, as policy data: what words may not do, and what letters must say."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from domain.record import Id, Line, Record
from domain.treatment_rules import Tone

Tongue = Literal["ko", "en"]
"""The policy's word for it is `Language`."""

LetterOutcome = Literal["upheld", "partly_upheld", "not_upheld"]


class DecisionLetter(Record):
    """What a letter about a decision must say; one that leaves any of it empty is not sent.

    Attributes:
        notice: which notice it is.
        outcomes: for which outcomes of the case; empty: for each (an offer has none).
        says: slots that have to be filled.
    """

    notice: Literal["offer", "result", "final_position"]
    outcomes: tuple[LetterOutcome, ...] = ()
    says: Annotated[tuple[Line, ...], Field(min_length=1)]


PhoneContent = Literal["clauses", "to_do", "until", "appeal"]
"""What an offer says beside what is offered: by which clause, what to do, until when, how to appeal."""

EVERYTHING: tuple[PhoneContent, ...] = get_args(PhoneContent)
"""Nothing is left out."""


class Address(Record):
    """How customers are addressed; of all entries the first whose tiers and tones fit holds.

    Attributes:
        tiers: as the CRM says; empty here and below: whichever.
        tones: as the policy's `treatments` chose for this customer.
    """

    tiers: tuple[Line, ...] = ()
    tones: tuple[Tone, ...] = ()
    words: dict[Tongue, Line]


class ToneWords(Record):
    """What letters in one tone say beside what they say to everybody; empty: nothing."""

    opening: dict[Tongue, Line] = Field(default_factory=dict)
    closing: dict[Tongue, Line] = Field(default_factory=dict)


class Spoken(Record):
    """How the firm speaks.

    Attributes:
        blaming_causes: causes that put it on the customer; they need evidence, and a second person's eye.
        blames: phrases that put it on the customer, Korean ones as stems; they need evidence as well.
        harsh: phrases that nobody writes to a customer.
        sorry: words of apology or empathy; the first notices hold one of them in each language.
        address: how customers are addressed, by what the CRM says of them and by the tone chosen for them.
        tones: what letters begin and end with, by the tone chosen for the customer (R64).
        names: what members of staff are called to customers; who has none is called by department.
        letters: what letters about decisions must say.
        by_phone: what somebody who tells an offer in a contact says with it; what lacks one of these goes out
            in writing as well, and staff enter no answer to it before that went out (P5).
    """

    blaming_causes: tuple[Line, ...] = ("customer_error",)
    blames: tuple[Line, ...] = ()
    harsh: tuple[Line, ...] = ()
    sorry: tuple[Line, ...] = ()
    address: tuple[Address, ...] = ()
    tones: dict[Tone, ToneWords] = Field(default_factory=dict)
    names: dict[Id, dict[Tongue, Line]] = Field(default_factory=dict)
    letters: tuple[DecisionLetter, ...] = ()
    by_phone: tuple[PhoneContent, ...] = ()

    def must_say(self, notice: str, outcome: str | None) -> tuple[str, ...]:
        """Return the slots that a letter has to fill."""
        return tuple(
            dict.fromkeys(
                slot
                for letter in self.letters
                if letter.notice == notice and (not letter.outcomes or outcome in letter.outcomes)
                for slot in letter.says
            )
        )
