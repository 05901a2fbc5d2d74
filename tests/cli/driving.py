"""Runs commands in this process, and makes complaints for them."""

import asyncio
import json
from collections.abc import Callable
from itertools import count
from typing import Any

from typer.testing import CliRunner

from client import Redress
from starter import app

KEYS = count(1)


class Answer:
    """What a command answered."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


Command = Callable[..., Answer]


def invoke(*arguments: object, given: str | bytes | None = None) -> Answer:
    """Run `redress` with these arguments and this standard input."""
    result = CliRunner().invoke(app, [str(each) for each in arguments], input=given)
    return Answer(result.exit_code, result.stdout, result.stderr)


def opening(**fields: object) -> str:
    """Return a complaint as a channel hands it in."""
    key = f"test-{next(KEYS)}"
    whole = {
        "source": "web",
        "source_key": key,
        "text": "컵이 깨져 왔어요",
        "product": "cup",
        "contact": {"customer_id": "cust-1", "phone": "010-1234-5678"},
        **fields,
    }
    return json.dumps(whole, ensure_ascii=False)


async def settled(redress: Redress, number: str) -> None:
    """Wait until the outside owes nothing and the ledger has everything."""
    async with asyncio.timeout(20):
        while True:
            view = await redress.view(number)
            if not view.waiting and not view.unwritten:
                return
            await asyncio.sleep(0.05)
