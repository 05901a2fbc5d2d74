"""The cases port: what is handed over, page by page, and what its answers mean."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.cases import PAGE_BYTES, Cases
from domain.chain import GENESIS
from domain.effect import REFUSED, Answer, Ask, HandedOver, JoinInto, SplitOff, SplitOpened
from domain.intake import AddToCase
from domain.joining import TakeIn
from domain.message import Event
from domain.policy import Policy, content_hash
from domain.refusal import Refused
from ledger.errors import LedgerUnavailable
from tests.domain.lives import AGENT, MIRA, MONDAY, POLICY, contact, given, opening, say, triage
from workflows.decode import MAX_BYTES, command_from
from workflows.record import recorded

LETTER = MONDAY - timedelta(days=2)
LIFE = given(
    opening(source="fax", text="once more", received_at=LETTER),
    triage(),
    say(AddToCase, MIRA, text="please"),
    contact(AGENT),
)


class Shelf:
    """Events as a ledger returns them."""

    def __init__(self, *events: Event, away: bool = False) -> None:
        self._events, self._away = events, away

    async def read(self, case_id: str) -> tuple[Any, ...]:
        if self._away:
            raise LedgerUnavailable("away")
        if case_id != "LATE":
            return ()
        case = given(*self._events[:1]).case
        return tuple(
            recorded(case, event, before=GENESIS, salt="s").model_copy(update={"seq": seq})
            for seq, event in enumerate(self._events, start=1)
        )

    async def policies(self) -> dict[str, Policy]:
        return {content_hash(POLICY): POLICY}

    async def row(self, case_id: str) -> Any:
        return object() if case_id == "ENDED" else None


class Door:
    """Other cases, as they are asked; each command must be one that a case reads."""

    def __init__(self, refusal: Refused | None = None) -> None:
        self.given: list[tuple[str, TakeIn]] = []
        self.opened: list[Any] = []
        self._refusal = refusal

    async def give(self, number: str, name: str, fields: dict[str, Any]) -> None:
        if self._refusal is not None:
            raise self._refusal
        command = command_from(name, fields)
        assert isinstance(command, TakeIn)
        assert len(command.model_dump_json().encode()) < MAX_BYTES
        self.given.append((number, command))

    async def open(self, opening: Any, policy: Policy) -> str:
        assert policy == POLICY
        self.opened.append(opening)
        return "NEW"


async def asked(request: Any, door: Door, shelf: Any = None, case_id: str = "LATE") -> Any:
    store: Any = shelf or Shelf(*LIFE.events)
    cases = Cases(store, door)
    ask = Ask(case_id=case_id, key="join:1", at=MONDAY, request=request)
    activity = cases.join_into if isinstance(request, JoinInto) else cases.split_off
    answer = await ActivityEnvironment().run(activity, ask)
    assert isinstance(answer, Answer)
    return answer.result


def join(mode: Any = "join", into: str = "EARLY", **fields: Any) -> JoinInto:
    return JoinInto(**{"into": into, "mode": mode, "upto": len(LIFE.events), "basis": "staff", **fields})


async def test_a_join_hands_over_the_opening_the_words_and_the_contacts_with_their_numbers() -> None:
    door = Door()
    assert await asked(join(), door) == HandedOver(case="EARLY")
    [(into, command)] = door.given
    assert (into, command.case, command.customer, command.received_at) == ("EARLY", "LATE", "mira", LETTER)
    assert (command.last, command.upto, command.opened_at) == (True, len(LIFE.events), MONDAY)
    assert [each.contact.channel for each in command.contacts] == ["fax", "added", "phone"]
    assert command.contacts[0].contact.repeat


async def test_what_was_handed_over_before_is_left_out() -> None:
    door = Door()
    await asked(join(since=len(LIFE.events) - 1), door)
    assert [each.contact.channel for each in door.given[0][1].contacts] == ["phone"]


async def test_what_is_long_goes_in_pages_that_a_case_can_take() -> None:
    long = given(opening(), *[say(AddToCase, MIRA, text=f"{n}" * 60_000) for n in range(6)])
    door = Door()
    await asked(join(upto=len(long.events)), door, Shelf(*long.events))
    assert len(door.given) > 2
    assert [command.last for _, command in door.given] == [False] * (len(door.given) - 1) + [True]
    assert sum(len(command.contacts) for _, command in door.given) == 7
    assert len({command.id for _, command in door.given}) == len(door.given)
    assert PAGE_BYTES * 2 == MAX_BYTES


async def test_a_ledger_that_is_behind_or_away_is_asked_again() -> None:
    for shelf in (Shelf(*LIFE.events[:1]), Shelf(*LIFE.events, away=True)):
        with pytest.raises(ApplicationError) as raised:
            await asked(join(), Door(), shelf)
        assert not raised.value.non_retryable


async def test_what_the_other_case_refuses_is_refused_with_its_word() -> None:
    with pytest.raises(ApplicationError) as raised:
        await asked(join(), Door(Refused("another customer's", code="other-customer")))
    assert (raised.value.type, raised.value.non_retryable, raised.value.details) == (
        REFUSED,
        True,
        ("other-customer",),
    )


async def test_a_link_names_a_case_that_has_ended_and_none_that_never_was() -> None:
    over = Door(Refused("ended", code="ended"))
    assert await asked(join("link", into="ENDED"), over) == HandedOver(case="ENDED")
    with pytest.raises(ApplicationError):
        await asked(join("link", into="NOBODY"), over)
    with pytest.raises(ApplicationError):
        await asked(join(into="ENDED"), over)


async def test_a_split_opens_the_customers_own_words_under_their_policy_and_their_start() -> None:
    door = Door()
    result = await asked(SplitOff(joined="LATE", number=2), door, case_id="EARLY")
    assert result == SplitOpened(case="NEW")
    [opened] = door.opened
    assert (opened.source, opened.source_key, opened.split_from) == ("fax", "split-EARLY-2", "EARLY")
    assert (opened.text, opened.received_at) == ("once more", LETTER)
    [(into, command)] = door.given
    assert (into, command.mode, command.case) == ("NEW", "split", "EARLY")
    assert [each.contact.channel for each in command.contacts] == ["added", "phone"]


async def test_a_split_of_what_the_ledger_does_not_hold_is_refused() -> None:
    with pytest.raises(ApplicationError) as raised:
        await asked(SplitOff(joined="ELSE", number=1), Door())
    assert raised.value.type == REFUSED
