"""Plays the improvement requests that cases raised: people of the departments answer them in time, or not."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cli.parts import Part
from cli.playing import MOMENT, Stage
from client import Redress
from domain.improvement_view import ImprovementView
from domain.refusal import Refused
from sandbox.improvers import next_move

TOGETHER = 16
LIMIT = timedelta(days=120)
"""After so long on its own time a request is left as it stands."""


@dataclass(slots=True)
class Improved:
    """What became of the requests.

    Attributes:
        states: how many stand where; those that nobody was asked for are `watched`.
    """

    states: Counter[str] = field(default_factory=Counter)
    cases: int = 0
    late: int = 0
    slips: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


async def play_requests(redress: Redress, stage: Stage, parts: Sequence[Part], *, seed: int) -> Improved:
    """Play every request that the server runs."""
    improved, gate = Improved(), asyncio.Semaphore(TOGETHER)
    by_policy = {f"{part.policy.name}/{part.policy.version}": part for part in parts}

    async def one(id_: str) -> None:
        async with gate:
            view = await redress.improvement(id_)
            part = by_policy.get(view.policy or "")
            if part is not None:
                view = await _play(redress, stage, view, part, seed=seed, improved=improved)
            improved.states[view.row.state] += 1
            improved.cases += view.row.cases

    await asyncio.gather(*[one(id_) async for id_ in redress.improvements(running=True)])
    return improved


async def _play(
    redress: Redress, stage: Stage, view: ImprovementView, part: Part, *, seed: int, improved: Improved
) -> ImprovementView:
    id_, now = view.row.improvement_id, datetime.now(UTC)
    until, since, stood, given = now + LIMIT, now, _standing(view), 0
    was_late = False
    while now < until:
        move = next_move(view, part.policy, part.staff, seed=seed, since=since)
        if move is None:
            break
        due = min(filter(None, (move.at, view.row.next_due)))
        if move.at <= now:
            given += 1
            improved.slips.update([move.slip] if move.slip else [])
            try:
                fields = {**move.fields, "id": f"played-{given}", "by": move.by}
                await redress.submit_fields(id_, move.command, fields)
            except Refused as refused:
                improved.refused[f"{move.command}: {refused.code}"] += 1
                break
        else:
            span = max(due - now, timedelta()) + MOMENT
            if not await stage.skip(redress.handle(id_), span):
                break
            now += span
        view = await redress.improvement(id_)
        was_late |= view.row.late
        if _standing(view) != stood:
            stood, since = _standing(view), now
    improved.late += was_late
    return view


def _standing(view: ImprovementView) -> tuple[object, ...]:
    return (view.row.state, view.row.round, view.row.level)
