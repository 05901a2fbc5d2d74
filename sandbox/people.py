"""People played from a seed: what each of them means to do about a case, as they know it; a pure decision."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from domain.permission import STAFF
from sandbox import calming, customers, seniors, staff
from sandbox.planting import spoiled
from sandbox.scene import Intention, Scene


def intentions(scene: Scene) -> tuple[Intention, ...]:
    """Return what everybody means to do about this case as it stands, each settled topic left out."""
    if scene.view.row.end is not None:
        return ()
    ours = (*staff.intentions(scene), *calming.intentions(scene), *seniors.intentions(scene))
    meant = (*(each for each in ours if not calming.waits(scene, each)), *customers.intentions(scene))
    wanted = (each for intention in spoiled(scene, meant) for each in _read_first(scene, intention))
    return tuple(intention for intention in wanted if intention.topic not in scene.done)


SPEAKS = ("log_contact", "propose_remedy")
"""What nobody does who has not read whom they speak to."""


def _read_first(scene: Scene, meant: Intention) -> Iterator[Intention]:
    """Yield the reading of the brief, at the instant at which it is needed, and then what needs it."""
    rules = scene.policy.profile
    if rules is not None and rules.read_first and meant.command in SPEAKS and meant.by.role in STAFF:
        topic = f"brief:{meant.by.id}"
        yield Intention(
            key=f"{topic}/{meant.key}",
            topic=topic,
            command="open_brief",
            by=meant.by,
            wait=meant.wait,
            at=meant.at,
        )
    yield meant


TRIES = 3
"""How often somebody whose command was refused tries again."""


class Agenda:
    """Remembers since when each person has had a reason, on the case's own time.

    Attributes:
        slips: what people are going to do wrong, noted before anything comes of it.
    """

    def __init__(self) -> None:
        self.slips: dict[str, str] = {}
        self._since: dict[str, datetime] = {}
        self._refused: Counter[str] = Counter()

    def refused(self, intention: Intention) -> None:
        """Take in that a command came to nothing, for example because a case had just moved on."""
        self._refused[intention.topic] += 1

    def next(self, scene: Scene, now: datetime) -> tuple[datetime, Intention] | None:
        """Return what is done next, and when; None where nobody means to do anything.

        Before a case lies still for good, whoever was refused tries again, a few times.
        """
        again = {topic for topic, times in self._refused.items() if times <= TRIES}
        wanted = intentions(scene) or intentions(replace(scene, done=scene.done - again))
        self._since = {each.key: self._since.get(each.key, now) for each in wanted}
        self.slips |= {each.key: each.slip for each in wanted if each.slip is not None}
        calendar = scene.policy.calendar
        planned = [(each.due(self._since[each.key], calendar), each) for each in wanted]
        return min(planned, key=lambda plan: plan[0], default=None)
