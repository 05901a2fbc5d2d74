"""Improvement requests on the real server: reported by cases, answered by people."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from activities.improvements import Began
from client import NotFound
from domain.assignment import AcceptCase
from domain.ending import AnswerCase
from domain.improvement_view import ImprovementView
from domain.theme import LikeCase, Theme, request_id, rulebook_of
from domain.triage import Triage
from tests.workflows.environment import SECRET, Environment
from tests.workflows.life import Life, eventually, open_case
from tests.workflows.policies_for_tests import policy
from workflows.messages import Receipt
from workflows.names import IMPROVEMENT_WORKFLOW, TASK_QUEUE, improvement_workflow_id

IDEAS_AGENT, IDEAS_LEAD = "agent:agent-11", "supervisor:sup-05"


class Request:
    """One improvement request and what can be done with it."""

    def __init__(self, env: Environment, theme: Theme) -> None:
        self.env, self.theme = env, theme
        self.id = request_id(SECRET, theme)
        self._sent = 0

    async def command(self, name: str, by: str, **fields: Any) -> Receipt:
        """Give a command and return its receipt."""
        self._sent += 1
        return await self.env.redress.submit_fields(
            self.id, name, {"id": f"r{self._sent}", "by": by, **fields}
        )

    async def report(self, case_id: str, failed_at: datetime, **flags: Any) -> None:
        """Report a like case, as the activity does."""
        pinned = policy()
        assert pinned.improvement is not None
        like = LikeCase(case_id=case_id, registered_at=failed_at, failed_at=failed_at, **flags)
        book = rulebook_of(pinned, pinned.improvement, self.theme.department)
        fields = {
            "id": f"{case_id}/lesson-1",
            "by": "system:redress",
            "theme": self.theme.model_dump(mode="json"),
            "case": like.model_dump(mode="json"),
            "book": book.model_dump(mode="json"),
        }
        await self.env.temporal.start_workflow(
            IMPROVEMENT_WORKFLOW,
            Began(improvement_id=self.id, carry_on_after=500),
            id=improvement_workflow_id(self.id),
            task_queue=TASK_QUEUE,
            start_signal="report_case",
            start_signal_args=[fields],
        )

    async def view(self) -> ImprovementView:
        """Return where it stands."""
        return await self.env.redress.improvement(self.id)

    async def until(self, state: str) -> ImprovementView:
        """Wait until it stands so, has told everybody and written everything."""
        found: list[ImprovementView] = []

        async def is_so() -> bool:
            try:
                found[:] = [await self.view()]
            except NotFound:  # no case has reported yet
                return False
            return found[0].row.state == state and not (found[0].waiting or found[0].unwritten)

        await eventually(is_so)
        return found[0]

    async def forward(self, span: timedelta) -> None:
        """Let time fly on its own clock."""
        await self.env.skipper.fast_forward(self.env.redress.handle(self.id), span)

    async def kinds(self) -> list[str]:
        """Return what happened, by kind, from the ledger."""
        return [entry.kind for entry in await self.env.store.read(self.id)]


async def suggest(env: Environment, feature: str, **fields: Any) -> tuple[Life, Request]:
    """Live through an adopted suggestion, and return the request that it raises."""
    life = await open_case(env, text="뚜껑이 있으면 좋겠어요", **fields)
    await life.until(lambda view: not view.waiting)
    await life.command(Triage, IDEAS_AGENT, voc_type="suggestion", product="cup")
    await life.command(AcceptCase, IDEAS_AGENT)
    await life.command(
        AnswerCase, "owner:agent-11", text="제안을 채택했습니다.", outcome="adopted", feature=feature
    )
    theme = Theme(kind="suggestion", department="r_and_d", product="cup", cause=feature)
    return life, Request(env, theme)


async def carried_out(env: Environment) -> Request:
    """Live through a request from an adopted suggestion to its recurrence."""
    life, request = await suggest(env, f"lid {next(env.numbers)}")
    assert await life.ended() == "answered"
    await request.until("raised")
    await request.command("accept_improvement", IDEAS_AGENT)
    await request.command("finish_improvement", IDEAS_AGENT, changed="a lid", letter="뚜껑이 생겼습니다.")
    done = await request.until("done")
    assert done.done_at is not None
    await request.report("AAAA-BBBB-CCCC-D", done.done_at + timedelta(hours=1))
    await request.until("raised")
    return request


REQUESTS: Mapping[str, Callable[[Environment], Awaitable[Request]]] = {"improvement": carried_out}
"""The lives of improvement requests of which histories are kept."""
