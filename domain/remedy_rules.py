"""Rules of a policy about remedies: what is owed, what may be given beyond it, and who decides that alone."""

from typing import Annotated, Literal

from pydantic import Field

from domain.money import Money
from domain.policy_terms import Harm, Language, RemedyKind, Severity, TargetName
from domain.record import Line, Record


class OfferRule(Record):
    """What is owed for one kind of harm; of all rules the first that fits decides.

    Attributes:
        causes: what the case is put down to; empty: whatever the cause.
        severities: how grave it is; empty: however grave.
        owes: the price paid, the shipping paid, what the customer states (each in the share `per_cent`), or
            an extra: nothing is owed, and the firm gives something all the same.
        at_most: the most that this rule gives; None: no limit.
        usual: what an extra gives where nobody says otherwise.
    """

    id: Line
    harm: Harm
    causes: tuple[Line, ...] = ()
    severities: tuple[Severity, ...] = ()
    owes: Literal["price", "shipping", "stated", "extra"]
    per_cent: Annotated[int, Field(ge=0, le=100)] = 100
    at_most: Money | None = None
    usual: Money | None = None
    clause: Line


class ExtraLimit(Record):
    """How much may be given beyond what is owed; of all limits the first that fits holds."""

    severities: tuple[Severity, ...] = ()
    tiers: tuple[Line, ...] = ()
    at_most: Money
    clause: Line


class Warranty(Record):
    """When a refusal for expired warranty is anybody's to give.

    Attributes:
        reference_months: what a fair warranty lasts; `products` names others.
        clause: the clause that such a refusal names.
    """

    reference_months: Annotated[int, Field(ge=1)]
    products: dict[Line, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    clause: Line

    def reference_for(self, product: str | None) -> int:
        """Return the months below which this product's warranty is short."""
        return self.products.get(product or "", self.reference_months)


class StandardRule(Record):
    """What has to be given for the price of goods once something went wrong for good.

    Attributes:
        when: repaired in vain `at_least` times, in repair for more than `at_least` months, or no goods of the
            same kind are left.
        owed: remedies of which it has to be one.
        instead_of: only where the plan says one of these; empty: whatever it says.
    """

    id: Line
    when: Literal["repaired_in_vain", "repair_overdue", "no_same_kind"]
    at_least: Annotated[int, Field(ge=1)] = 1
    owed: Annotated[tuple[RemedyKind, ...], Field(min_length=1)]
    instead_of: tuple[RemedyKind, ...] = ()
    clause: Line


class RepeatFailure(Record):
    """Which earlier failure of the same customer counts besides a similar one: any as recent as this."""

    recent_months: Annotated[int, Field(ge=1)]
    clause: Line | None = None


class Guarantee(Record):
    """A service guarantee: a promise to every customer that pays by itself once it is broken.

    Attributes:
        promise: delivery by the promised day, or a response before a service target is missed.
        target: which service target, of a promised response.
        terms: what the customer is told, in both languages.
    """

    id: Line
    promise: Literal["delivery", "response"]
    target: TargetName | None = None
    pays: Money
    clause: Line
    terms: dict[Language, Line]


Period = Literal["day", "week", "month"]


class AuthorityTotals(Record):
    """What a role may decide without a second person, added up, so that splitting gains nothing.

    Attributes:
        case: for everything that is given in one case.
        person: for everything that one person decides in a period.
        customer: for everything that one customer gets in a period, whoever decided it.
    """

    case: Money
    person: Money
    customer: Money


class ExtraBudget(Record):
    """What all customers of one tier may get beyond what is owed, in a period of `authority_period`.

    Attributes:
        tiers: each of them has this budget of its own; empty: every tier that no other budget names.
    """

    tiers: tuple[Line, ...] = ()
    at_most: Money
    clause: Line
