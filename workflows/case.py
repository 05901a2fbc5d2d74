"""The workflow of a case: what the interpreter asks its decider."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from temporalio import workflow
from temporalio.common import RawValue, SearchAttributeUpdate
from temporalio.exceptions import ApplicationError

from workflows.interpreter import Interpreter

with workflow.unsafe.imports_passed_through():
    from domain.attempt import ATTEMPTS_MATTER
    from domain.brief import Brief, brief
    from domain.case import (
        Case,
        CaseCommand,
        Open,
        after_time,
        attempt,
        decide,
        evolve,
        is_over,
        next_due,
        parked,
        stage,
        todo,
        unopened,
    )
    from domain.effect import Effect
    from domain.intake import Opening
    from domain.message import Event, Fact
    from domain.refusal import Refused
    from domain.row import CaseRow
    from domain.view import CaseView, case_row, view
    from workflows.decode import decode
    from workflows.messages import Carried, CaseInput, CaseSummary
    from workflows.names import CASE_WORKFLOW, OWNER, PARKED, SEVERITY, STAGE


@workflow.defn(name=CASE_WORKFLOW)
class CaseWorkflow(Interpreter[Case]):
    """Keeps time for one case; knows no rule of the business.

    Takes every command of `domain.case.CaseCommand` as an update named after its kind, or as a signal of the
    same name; answers the query `view`. What it promises is the interpreter's.
    """

    MATTER: ClassVar[frozenset[str]] = ATTEMPTS_MATTER

    @workflow.init
    def __init__(self, start: CaseInput) -> None:
        super().__init__(_beginning(start), start.carried, start.policy, start.carry_on_after)
        if start.opening is not None:
            self._open(start, start.opening)

    def _open(self, start: CaseInput, opening: Opening) -> None:
        # After an outage now() is late by all of it; the customer's clock began with the start.
        at = workflow.info().workflow_start_time
        if opening.received_at is not None and opening.received_at > at:
            # The client has refused a future; what is left is a clock a little ahead of the server's.
            opening = opening.model_copy(update={"received_at": at})
        message = Open(
            at=at,
            opening=opening,
            source_key=start.source_key,
            key_digest=start.key_digest,
            caller_key=start.caller_key or None,
        )
        try:
            self._record(decide(self._state, message))
        except Refused as refusal:
            raise ApplicationError(refusal.reason, type="Refused", non_retryable=True) from refusal

    @workflow.run
    async def run(self, start: CaseInput) -> CaseSummary:
        """Live through the case until its rules say that it is over and everything is written."""
        while True:
            await self._live()
            if is_over(self._state) and not self._unwritten and not self._running:
                return CaseSummary(
                    case_id=self._state.id,
                    end=self._state.ending.end or "",
                    version=self._state.version,
                    head=self._head,
                )
            if self._carries_on():
                workflow.continue_as_new(self._next_input(start))

    @workflow.query(name="view")
    def view(self) -> CaseView:
        """Return where the case stands."""
        return view(self._state, head=self._head, unwritten=len(self._unwritten))

    @workflow.query(name="brief")
    def brief(self) -> Brief:
        """Return what somebody has to know before they take the case in hand."""
        return brief(self._state)

    # The decider. --------------------------------------------------------------------------------------

    def _decode(self, name: str, args: Sequence[RawValue]) -> CaseCommand:
        return decode(name, args)

    def _decide(self, message: CaseCommand | Fact) -> tuple[Event, ...]:
        return decide(self._state, message)

    def _try(self, command: CaseCommand, at: datetime) -> None:
        decide(after_time(self._state, at), command)

    def _evolve(self, event: Event) -> Case:
        return evolve(self._state, event)

    def _attempted(self, command: CaseCommand, refusal: Refused) -> Event:
        return attempt(command, refusal)

    def _next_due(self) -> datetime | None:
        return next_due(self._state)

    def _todo(self) -> tuple[Effect, ...]:
        return todo(self._state)

    def _row(self) -> CaseRow:
        return case_row(self._state)

    def _signs(self) -> tuple[object, ...]:
        state = self._state
        return (
            stage(state),
            state.assignment.owner,
            state.triage.severity,
            parked(state) is not None,
        )

    def _attributes(self) -> list[SearchAttributeUpdate[Any]]:
        state, owner = self._state, self._state.assignment.owner
        return [
            STAGE.value_set(stage(state)),
            *([OWNER.value_set(owner)] if owner else []),
            SEVERITY.value_set(state.triage.severity),
            PARKED.value_set(parked(state) is not None),
        ]

    def _details(self) -> str:
        case, waits = self._state, parked(self._state)
        lines = [
            f"**{stage(case)}**, {case.triage.voc_type or 'not classed'}, severity {case.triage.severity}",
            f"department {case.assignment.department or '-'}, owner {case.assignment.owner or '-'}",
            f"level {case.assignment.level}, round {case.remedy.round}",
        ]
        lines += [f"**parked**: {waits}"] if waits else []
        return "\n\n".join(lines)

    def _next_input(self, start: CaseInput) -> CaseInput:
        return CaseInput(
            case_id=start.case_id,
            source_key=start.source_key,
            key_digest=start.key_digest,
            caller_key=start.caller_key,
            carry_on_after=start.carry_on_after,
            carried=Carried(case=self._state, **dict(self._baggage())),
        )


def _beginning(start: CaseInput) -> Case:
    if start.carried is not None:
        return start.carried.case
    if start.policy is None:
        raise ApplicationError(
            "a case starts with a policy and an opening", type="Refused", non_retryable=True
        )
    return unopened(start.case_id, start.policy)
