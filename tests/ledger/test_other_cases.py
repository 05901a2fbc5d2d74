"""What the ledger tells of a customer's other cases, from events as they are kept."""

from datetime import datetime

from domain.actor import Actor, Role
from domain.chain import GENESIS, RecordedEvent, digest_of, link
from domain.effect import Taste
from domain.record import canonical
from domain.wish import RemedyWished
from ledger.other_cases import other_cases
from ledger.store import EventStore
from tests.ledger.chains import NOON, chain, fold


def wished(case_id: str, at: datetime = NOON) -> RecordedEvent:
    """Return the one event of a case whose customer wished for an exchange."""
    by = Actor(role=Role.CUSTOMER, id="c-1")
    event = RemedyWished(number=1, wish="another one", remedy="exchange", contact=None, after=0, at=at, by=by)
    body, salt, kind = canonical(event), "0" * 32, event.kind
    digest, told = digest_of(salt, body), at.isoformat()
    hash_ = link(GENESIS, case_id=case_id, seq=1, kind=kind, at=told, by=str(by), digest=digest)
    return RecordedEvent(
        case_id=case_id,
        seq=1,
        kind=kind,
        at=told,
        by=str(by),
        body=body,
        salt=salt,
        digest=digest,
        hash=hash_,
    )


async def test_an_earlier_case_tells_what_its_customer_likes(store: EventStore) -> None:
    row = fold(chain("OLD", 1))
    event = wished("OLD")
    await store.append("OLD", (event,), row.model_copy(update={"end": "recovered", "stage": "ended"}))
    inquiry = chain("ASK", 1)
    await store.append("ASK", inquiry, fold(inquiry).model_copy(update={"voc_type": "inquiry"}))
    told = {each.case_id: each.tastes for each in await other_cases(store, "c-1", but="NEW")}
    assert told == {"OLD": (Taste(word="chosen", remedy="exchange", at=NOON),), "ASK": ()}
    assert await other_cases(store, "c-1", but="OLD") != ()
