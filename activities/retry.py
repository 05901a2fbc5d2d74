"""How long an activity may take and how often it is tried: plain data, for workflows to import."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

ONE_SERVICE = timedelta(seconds=45)
"""An adapter waits up to 30 s for its service and may have a request of 5 s under way when that is over;
the rest is room for a busy machine. Shorter, the server would give up on an attempt that still waits."""

TWO_SERVICES = timedelta(seconds=80)
"""A notice may ask the CRM for an address first, and then waits for the gateway: twice 35 s and room.
What waits for a customer's other cases asks the ledger first, and then the CRM."""

THREE_SERVICES = timedelta(seconds=120)
"""A link asks the survey service, perhaps the CRM for an address, and the gateway: thrice 35 s and room.
A suggester is looked up in the ledger first, which waits up to 30 s for its database; so is a prosumer,
and the ledger is asked once more for what is open."""

THE_LEDGER = timedelta(seconds=15)
"""A reservation waits 5 s for its database; a frozen one may hold its connection for 5 s more.
The workflow server itself, asked to have a case join its like ones, answers sooner or not at all."""

ANOTHER_CASE = timedelta(seconds=120)
"""Reads the ledger (up to 30 s) and asks another case, page by page, which needs a worker of ours."""

START_TO_CLOSE: Mapping[str, timedelta] = MappingProxyType(
    {
        "fetch_customer": ONE_SERVICE,
        "fetch_order": ONE_SERVICE,
        "send_notice": TWO_SERVICES,
        "pay_refund": ONE_SERVICE,
        "track_refund": ONE_SERVICE,
        "issue_voucher": ONE_SERVICE,
        "revoke_voucher": ONE_SERVICE,
        "repair_goods": ONE_SERVICE,
        "track_repair": ONE_SERVICE,
        "return_goods": ONE_SERVICE,
        "book_collection": ONE_SERVICE,
        "cancel_collection": ONE_SERVICE,
        "issue_label": ONE_SERVICE,
        "void_label": ONE_SERVICE,
        "track_collection": ONE_SERVICE,
        "reserve_replacement": ONE_SERVICE,
        "release_replacement": ONE_SERVICE,
        "ship_replacement": ONE_SERVICE,
        "track_delivery": ONE_SERVICE,
        "place_call": ONE_SERVICE,
        "fetch_call": ONE_SERVICE,
        "send_link": THREE_SERVICES,
        "fetch_answer": ONE_SERVICE,
        "find_outcome": ONE_SERVICE,
        "reserve_authority": THE_LEDGER,
        "release_authority": THE_LEDGER,
        "read_load": THE_LEDGER,
        "report_lesson": THE_LEDGER,
        "tell_suggester": THREE_SERVICES,
        "propose_facts": ONE_SERVICE,
        "propose_when_alone": TWO_SERVICES,
        "note_prosumer": THREE_SERVICES,
        "join_into": ANOTHER_CASE,
        "split_off": ANOTHER_CASE,
    }
)
"""Start-to-close time-out per request kind."""

HEARTBEAT = timedelta(seconds=15)
"""An adapter that waits reports after every try, at most 5 s of request and 1 s of pause apart; a worker
that died is noticed after this instead of after start-to-close."""

FIRST_RETRY_AFTER = timedelta(seconds=1)
"""Back-off after the first attempt that failed; short, because the attempt itself has waited already."""

LAST_RETRY_AFTER = timedelta(minutes=1)
"""Longest back-off: a service that is back is found again within a minute."""
