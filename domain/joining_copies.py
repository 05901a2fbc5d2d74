"""What one case hands over to another: its contacts, with where they came from."""

from collections.abc import Sequence
from datetime import datetime

from domain.contact import ADDED, COPIED, ContactLogged, ContactTakenIn
from domain.intake import AddedToCase, CaseOpened
from domain.joining_events import ContactCopy, Mode
from domain.message import Event


def copies(case_id: str, numbered: Sequence[tuple[int, Event]], mode: Mode) -> tuple[ContactCopy, ...]:
    """Return the contacts among a case's events, with their origin.

    The opening and what the customer added are contacts too; that the customer had to tell it here once more
    is a repeat. A split leaves the opening out, which opens the new case.
    """
    found: list[ContactCopy] = []
    for seq, event in numbered:
        match event:
            case CaseOpened() if mode == "join":
                found.append(ContactCopy(case=case_id, seq=seq, contact=_from_opening(event)))
            case AddedToCase():
                found.append(ContactCopy(case=case_id, seq=seq, contact=_from_words(event)))
            case ContactLogged():
                found.append(ContactCopy(case=case_id, seq=seq, contact=event))
            case ContactTakenIn():
                found.append(ContactCopy(case=case_id, seq=seq, contact=event.contact))
            case _:
                pass
    return tuple(found)


def _inbound(event: Event, happened: datetime, **fields: object) -> ContactLogged:
    told = {
        "number": COPIED,
        "direction": "inbound",
        "person": str(event.by),
        "happened": happened,
        "reached": True,
        "wait_seconds": 0,
        "minutes": 0,
        "apology": False,
        "explanation": False,
        "named_owner": False,
        "done_since": None,
        "next_step": None,
        "substantive": False,
        "at": event.at,
        "by": event.by,
    }
    return ContactLogged.model_validate({**told, **fields})


def _from_opening(event: CaseOpened) -> ContactLogged:
    opening = event.opening
    fields = {"channel": opening.source, "summary": opening.text, "repeat": True, "place": opening.place}
    return _inbound(event, event.received_at, **fields)


def _from_words(event: AddedToCase) -> ContactLogged:
    return _inbound(event, event.at, channel=ADDED, summary=event.text, repeat=False)
