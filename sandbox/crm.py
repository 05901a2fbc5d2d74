"""The CRM (port customers): who a customer is and where notices reach them, derived from the seed."""

from datetime import datetime, timedelta
from typing import Literal, get_args

from domain.effect import (
    Between,
    Contact,
    CustomerSnapshot,
    CustomerValue,
    EarlierFailure,
    FactsTaken,
    FetchCustomer,
    ProposeFacts,
)
from domain.money import Money
from domain.record import Line, Record
from domain.refusal import Refused
from sandbox.books import Deed
from sandbox.chance import between, draw, mark, pick
from sandbox.service import Call, Operation, Operations, World

PROSPECT_SHARE = 0.1
NO_CONSENT_SHARE = 0.05
NO_CUSTOMER = "none-"
"""A customer id that begins so is unknown to the CRM."""

CHANNELS: tuple[Literal["sms", "email", "phone"], ...] = ("sms", "email", "phone")


class FindAddress(Record):
    """Where a channel reaches a customer whose contact the asker does not have."""

    kind: Literal["find_address"] = "find_address"
    contact: Contact
    channel: Literal["sms", "email", "phone", "post"]


class Address(Record):
    """Where a channel reaches a customer."""

    kind: Literal["address"] = "address"
    address: Line


def fetch_customer(world: World, call: Call[FetchCustomer]) -> CustomerSnapshot:
    """Tell what is known of a customer; whoever gave no contact at all is known by the case."""
    customer = _customer_id(world, call.request.contact, call.case_id)
    if customer is None:
        return CustomerSnapshot(known=False, language=call.request.contact.language)
    about = (world.seed, customer)
    return CustomerSnapshot(
        known=True,
        customer_id=customer,
        tier=pick(("none", "none", "silver", "gold"), *about, "tier"),
        language=call.request.contact.language,
        preferred_channel=pick(CHANNELS, *about, "channel"),
        consent_to_calls=world.lucky or draw(*about, "consent") >= NO_CONSENT_SHARE,
        open_from_hour=pick((9, 9, 10), *about, "from"),
        open_to_hour=pick((18, 20, 20), *about, "to"),
        earlier_failures=pick((0, 0, 0, 1, 2), *about, "failures"),
        earlier=_earlier(customer, call.at),
        purchases=_purchases(customer),
        first_bought_on=call.at.date() - timedelta(days=700),
        referrals=2 if customer.endswith("-advocate") else 0,
        partner=customer.endswith("-partner"),
        value=_value(customer),
        access=("large-print",) if customer.endswith("-large-print") else (),
        consent_to_profile=not customer.endswith("-private"),
        meets=_meets(world, customer),
    )


def _meets(world: World, customer: str) -> tuple[Between, ...]:
    """Return the contact with others that cases of this customer have led to."""
    told = (
        ProposeFacts.model_validate_json(deed.request)
        for deed in world.books.all_of("crm")
        if (deed.operation, deed.status) == ("propose_facts", "done")
    )
    found = {
        fact.value
        for each in told
        if each.customer_id == customer
        for fact in each.facts
        if fact.fact == CONTACT
    }
    return tuple(each for each in get_args(Between) if each in found)


CONTACT = "customer_contact"

MANY = ("-regular", "-advocate", "-partner")
"""Whoever's id ends so has bought often; of others one purchase is known."""


def _purchases(customer: str) -> int:
    return 12 if customer.endswith(MANY) else 1


def _value(customer: str) -> CustomerValue | None:
    """The CRM knows what a good customer of this firm is worth in a year, in five parts."""
    if not customer.endswith(MANY):
        return None
    won = (
        ("base", 400_000),
        ("volume", 120_000),
        ("savings", 30_000),
        ("referral", 50_000),
        ("premium", 20_000),
    )
    return CustomerValue(**{name: Money(minor=amount, currency="KRW") for name, amount in won})


FAILED_BEFORE = "-again"
"""Whoever's id ends so was failed a month ago; of others only a number of failures is known."""


def _earlier(customer: str, at: datetime) -> tuple[EarlierFailure, ...]:
    if not customer.endswith(FAILED_BEFORE):
        return ()
    return (EarlierFailure(on=at.date() - timedelta(days=30), cause="defect"),)


def find_address(world: World, call: Call[FindAddress]) -> Address:
    """Tell where a channel reaches the customer."""
    customer = _customer_id(world, call.request.contact, call.case_id)
    if customer is None:
        raise Refused(f"no address for {call.request.channel} is known", code="no-address")
    match call.request.channel:
        case "sms" | "phone":
            number = f"{between(0, 99_999_999, world.seed, customer, 'phone'):08}"
            return Address(address=f"010-{number[:4]}-{number[4:]}")
        case "email":
            return Address(address=f"{customer}@example.invalid")
        case "post":
            return Address(address=f"{between(1, 99, world.seed, customer, 'street')} Example Street")


def _customer_id(world: World, contact: Contact, case_id: str) -> str | None:
    """Return the id on file; None for a prospect."""
    if contact.customer_id is not None:
        return None if contact.customer_id.startswith(NO_CUSTOMER) else contact.customer_id
    told = contact.phone or contact.email or contact.name
    if told is None:
        return f"cust-{mark(world.seed, 'customer of', case_id)}"
    if draw(world.seed, told, "prospect") < PROSPECT_SHARE:
        return None
    return f"cust-{mark(world.seed, 'customer', told)}"


def propose_facts(world: World, call: Call[ProposeFacts]) -> FactsTaken:
    """Take what was learnt; it stands in the books. A customer is invited as prosumer once, by whomever."""
    if _invites(call.request) and any(
        _invited(deed, call.request.customer_id) for deed in world.books.all_of("crm")
    ):
        raise Refused("this customer was invited before", code="invited-before")
    return FactsTaken(reference=f"fact-{mark(call.key)}")


INVITED = ("prosumer", "invited")
"""A fact and its value."""


def _invited(deed: Deed, customer: str) -> bool:
    """Say whether a deed was an invitation of this customer that was taken."""
    if (deed.operation, deed.status) != ("propose_facts", "done"):
        return False
    known = ProposeFacts.model_validate_json(deed.request)
    return known.customer_id == customer and _invites(known)


def _invites(request: ProposeFacts) -> bool:
    return any((each.fact, each.value) == INVITED for each in request.facts)


OPERATIONS: Operations = {
    "fetch_customer": Operation(takes=FetchCustomer, answer=fetch_customer, keeps=False),
    "propose_facts": Operation(takes=ProposeFacts, answer=propose_facts),
    "find_address": Operation(takes=FindAddress, answer=find_address, keeps=False),
}
