"""The workflow of an improvement request: what the interpreter asks its decider."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue, SearchAttributeUpdate

from workflows.interpreter import Interpreter

with workflow.unsafe.imports_passed_through():
    from domain.effect import Effect
    from domain.improvement import after_time, decide, next_due, todo
    from domain.improvement_events import ImprovementCommand
    from domain.improvement_state import Improvement, evolve, unheard_of
    from domain.improvement_view import ImprovementView, improvement_row, improvement_view
    from domain.message import Event, Fact
    from domain.row import ImprovementRow
    from workflows.decode import decode_for_improvement
    from workflows.messages import ImprovementCarried, ImprovementInput
    from workflows.names import IMPROVEMENT_WORKFLOW, OWNER, STAGE


@workflow.defn(name=IMPROVEMENT_WORKFLOW)
class ImprovementWorkflow(Interpreter[Improvement]):
    """Keeps time for one improvement request; it never ends, because the same failure may come again.

    Cases report to it by signal, which also starts it; people answer it by updates named after the commands
    of `domain.improvement_events`. What it promises is the interpreter's.
    """

    @workflow.init
    def __init__(self, start: ImprovementInput) -> None:
        carried = start.carried
        request = carried.request if carried else unheard_of(start.improvement_id)
        super().__init__(request, carried, None, start.carry_on_after)

    @workflow.run
    async def run(self, start: ImprovementInput) -> None:
        """Wait for like cases, for answers, and for time to pass."""
        while True:
            await self._live()
            if self._carries_on():
                carried = ImprovementCarried(request=self._state, **dict(self._baggage()))
                workflow.continue_as_new(start.model_copy(update={"carried": carried}))

    @workflow.query(name="view")
    def view(self) -> ImprovementView:
        """Return where the request stands."""
        return improvement_view(
            self._state,
            head=self._head,
            unwritten=len(self._unwritten),
            waiting=tuple(effect.key for effect in self._todo()),
            now=self._now(),
        )

    # The decider. --------------------------------------------------------------------------------------

    def _decode(self, name: str, args: Sequence[RawValue]) -> ImprovementCommand:
        return decode_for_improvement(name, args)

    def _decide(self, message: ImprovementCommand | Fact) -> tuple[Event, ...]:
        return decide(self._state, message)

    def _try(self, command: ImprovementCommand, at: datetime) -> None:
        decide(after_time(self._state, at), command)

    def _evolve(self, event: Event) -> Improvement:
        return evolve(self._state, event)

    def _next_due(self) -> datetime | None:
        return next_due(self._state)

    def _todo(self) -> tuple[Effect, ...]:
        return todo(self._state)

    def _row(self) -> ImprovementRow:
        return improvement_row(self._state)

    def _signs(self) -> tuple[object, ...]:
        return (self._state.state, self._state.owner, self._state.count)

    def _attributes(self) -> list[SearchAttributeUpdate[Any]]:
        owner = self._state.owner
        return [STAGE.value_set(self._state.state), *([OWNER.value_set(owner)] if owner else [])]

    def _details(self) -> str:
        request, theme = self._state, self._state.theme
        about = "figures" if request.figures else f"{request.count} like cases"
        lines = [
            f"**{request.state}**, {about}, round {request.round}",
            f"department {theme.department if theme else '-'}, owner {request.owner or '-'}",
        ]
        return "\n\n".join(lines)
