from typing import Any

import pytest

from domain.chain import GENESIS, digest_of, link

EVENT: dict[str, Any] = {
    "case_id": "TEST",
    "seq": 1,
    "kind": "case_opened",
    "at": "2026-11-23T09:00:00+00:00",
    "by": "system:redress",
    "digest": digest_of("salt", "{}"),
}


def linked(before: str = GENESIS, **changed: object) -> str:
    """Return the link of the event, with something changed."""
    return link(before, **(EVENT | changed))


def test_the_same_event_after_the_same_head_has_the_same_link() -> None:
    assert linked() == linked()


@pytest.mark.parametrize("field", ["case_id", "seq", "kind", "at", "by", "digest"])
def test_any_change_changes_the_link(field: str) -> None:
    assert linked(**dict[str, Any]({field: 2 if field == "seq" else "changed"})) != linked()


def test_a_changed_past_changes_every_link_after_it() -> None:
    assert linked(linked(), seq=2) != linked(linked(kind="other"), seq=2)


def test_a_digest_depends_on_salt_and_body() -> None:
    assert len({digest_of("a", "x"), digest_of("b", "x"), digest_of("a", "y")}) == 3
