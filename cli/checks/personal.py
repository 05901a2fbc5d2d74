"""Which values of a case are personal: names, contacts, and the customer's own words."""

from collections.abc import Collection, Sequence

from cli.checks.evidence import events
from domain.chain import RecordedEvent
from domain.intake import AddedToCase, CaseOpened
from domain.rest import MARK
from domain.theme import is_request

ENOUGH = 12
"""Words shorter than this many characters are not told apart from ordinary ones."""


def values_of(entries: Sequence[RecordedEvent]) -> Collection[str]:
    """Return the personal values of one case, as its events hold them."""
    found: set[str] = set()
    if entries and is_request(entries[0].case_id):
        return found  # a request holds no words of a customer, only the numbers of its cases
    for event in events(tuple(entries)):
        if isinstance(event, CaseOpened):
            contact = event.opening.contact
            found |= {value for value in (contact.name, contact.phone, contact.email) if value}
            found |= _words(event.opening.text) if not event.opening.composed else set()
        elif isinstance(event, AddedToCase):
            found |= _words(event.text)
    return found - {MARK}


def _words(text: str) -> set[str]:
    """Return the beginning of a text: a copy of it anywhere starts with that."""
    return {text[:80]} if len(text) >= ENOUGH else set()
