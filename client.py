"""What a backend imports: open a case, send a command, read its view.

Errors:
    RedressError
    ├── Refused (domain.refusal)   it may not be; `code` for programs
    ├── NotFound                   no such case, or it is closed
    ├── Unreachable                Temporal did not answer; nothing was done
    └── OutcomeUnknown             asked, not answered in time; ask again with the same command id
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecution,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.actor import REDRESS
from domain.brief import Brief
from domain.case import Case, CaseCommand
from domain.figures import Figures
from domain.improvement_events import ReportFigures
from domain.improvement_view import ImprovementView
from domain.intake import LATER_FIELDS, Opening, check_opening
from domain.number import caller_key, key_digest, number_of
from domain.policy import Policy, check_in_force
from domain.record import canonical
from domain.refusal import Refused
from domain.theme import PREFIX, Rulebook, Theme, is_request, request_id
from domain.view import CaseView
from workflows.converter import DATA_CONVERTER
from workflows.decode import MAX_BYTES
from workflows.messages import Carried, CaseInput, ImprovementCarried, ImprovementInput, Receipt
from workflows.names import (
    CASE_WORKFLOW,
    CATCHING_UP,
    IMPROVEMENT_WORKFLOW,
    IMPROVEMENTS_BEGIN,
    MEMO_KEY,
    MEMO_OPENING,
    TASK_QUEUE,
    improvement_workflow_id,
    workflow_id,
)

PATIENCE = 3.0
"""Seconds after which a server that does not answer counts as unreachable."""

ANSWER_WITHIN = 20.0
"""Seconds to wait for the answer to a command before its outcome counts as unknown."""

ANSWER_OF_A_QUERY = timedelta(seconds=5)
"""How long one query may take before it is asked again: a worker that reloads a case may drop it."""

FAILED_QUERIES = 5
"""How often a query may fail: on a busy worker one does now and then, on a broken case all do."""

TRY_AGAIN = (RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.UNAVAILABLE)
"""Ten updates in flight on one case, or a server that is just coming up: asked again with the same id."""

ASK_AGAIN = (*TRY_AGAIN, RPCStatusCode.FAILED_PRECONDITION)
"""A workflow task that fails takes its updates along, as one that would end a run while news arrive."""

MAX_COUNTER = 8
"""Collisions of 60-bit numbers in a row that nobody will ever see."""

T = TypeVar("T")
Start = Callable[[], WithStartWorkflowOperation[Any, Any]]
"""Makes what starts a run together with its first command; each try needs one of its own."""
V = TypeVar("V", CaseView, ImprovementView)


class RedressError(Exception):
    """Base of what the client raises, `Refused` apart."""


class NotFound(RedressError):  # noqa: N818 - reads as the answer it is
    """There is no running case of that number."""


class Unreachable(RedressError):  # noqa: N818 - as above
    """The Temporal server did not answer; nothing was done."""


class OutcomeUnknown(RedressError):  # noqa: N818 - as above
    """The command was sent and not answered.

    Attributes:
        command_id: ask again with this id; it is carried out once.
    """

    def __init__(self, command_id: str) -> None:
        super().__init__(f"no answer yet; ask again with --id {command_id}, it is carried out once")
        self.command_id = command_id


@dataclass(frozen=True, slots=True)
class Opened:
    """The answer to an opening: the case number, and whether the case was there already."""

    number: str
    existing: bool


async def connect(address: str, namespace: str) -> Client:
    """Connect to Temporal within three seconds.

    Raises:
        Unreachable: naming the address and how to start a stack.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            return await Client.connect(address, namespace=namespace, data_converter=DATA_CONVERTER)
    except (RuntimeError, TimeoutError, RPCError, OSError):
        raise Unreachable(
            f"no Temporal server answers at {address}; start the stack with `redress up`, "
            "or set REDRESS_TEMPORAL_ADDRESS"
        ) from None


class Redress:
    """Cases, as a backend sees them."""

    def __init__(self, temporal: Client, *, secret: str, carry_on_after: int = 500) -> None:
        self._temporal = temporal
        self._secret = secret
        self._carry_on_after = carry_on_after

    @property
    def temporal(self) -> Client:
        """The Temporal client underneath."""
        return self._temporal

    def handle(self, number: str) -> WorkflowHandle[Any, Any]:
        """Return the workflow of a case, or of an improvement request."""
        id_ = improvement_workflow_id(number) if is_request(number) else workflow_id(number)
        return self._temporal.get_workflow_handle(id_)

    async def open(self, opening: Opening, policy: Policy) -> Opened:
        """Open a case and return its number; opening the same message again gives the same case.

        Args:
            opening: what the channel hands in; the same (source, source_key) is the same message.
            policy: pinned for the whole life of the case.

        Raises:
            Refused: empty, or the same key with another text (the case and how to add to it are named).
            Unreachable: Temporal did not answer; nothing is half-stored.
        """
        content = _content(opening)
        key = opening.source_key or content
        now = datetime.now(UTC)  # both before anything is stored
        check_opening(opening, now)
        check_in_force(policy, now)
        for counter in range(MAX_COUNTER):
            number = number_of(self._secret, opening.source, key, counter)
            start = CaseInput(
                case_id=number,
                policy=policy,
                opening=opening,
                source_key=key,
                key_digest=key_digest(self._secret, opening.source, key),
                caller_key=caller_key(self._secret, opening.contact.phone) or "",
                carry_on_after=self._carry_on_after,
            )
            opened = await _answered(self._start(start, content))
            if opened is not None:
                return opened
        raise Refused("no case number is free for this message", code="number")

    async def _start(self, start: CaseInput, content: str) -> Opened | None:
        """Start the case; None where its number belongs to another message."""
        number = start.case_id
        try:
            await self._temporal.start_workflow(
                CASE_WORKFLOW,
                start,
                id=workflow_id(number),
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                memo={MEMO_OPENING: content, MEMO_KEY: start.key_digest},
                static_summary=f"case {number}",
                static_details=f"policy {start.policy.name if start.policy else '-'}",
            )
        except WorkflowAlreadyStartedError:
            return await self._compare(start, content)
        return Opened(number=number, existing=False)

    async def _compare(self, start: CaseInput, content: str) -> Opened | None:
        memo = await (await self.handle(start.case_id).describe()).memo()
        if memo.get(MEMO_KEY) != start.key_digest:
            return None
        if memo.get(MEMO_OPENING) == content:
            return Opened(number=start.case_id, existing=True)
        raise Refused(
            f"source_key: case {start.case_id} was opened with it and other content; "
            f"to add words use `redress submit {start.case_id} add_to_case`",
            code="other-content",
        )

    def caller_key(self, phone: str) -> str | None:
        """Return the digest under which a caller's cases are found; None for what is no telephone number."""
        return caller_key(self._secret, phone)

    async def find(self, source: str, key: str) -> str | None:
        """Return the number of the case that a message opened; None where it opened none.

        Raises:
            Unreachable: Temporal did not answer.
        """
        digest = key_digest(self._secret, source, key)
        for counter in range(MAX_COUNTER):
            number = number_of(self._secret, source, key, counter)
            try:
                described = await _answered(self.handle(number).describe(), number)
            except NotFound:
                return None
            if (await described.memo()).get(MEMO_KEY) == digest:
                return number
        return None

    async def submit(self, number: str, command: CaseCommand) -> Receipt:
        """Send a command and wait for its receipt.

        Raises:
            Refused: it may not be.
            NotFound: no running case of that number.
            Unreachable: nothing was done.
            OutcomeUnknown: no answer in time; send the same command again.
        """
        fields = command.model_dump(mode="json", exclude={"at"}, exclude_none=True)
        return await self.submit_fields(number, command.kind, fields)

    async def submit_fields(self, number: str, name: str, fields: dict[str, Any]) -> Receipt:
        """Send a command by name and JSON fields, as a program in another language would."""
        return await self._submitted(number, name, fields)

    async def submit_to_ended(
        self, known: Case, carried: Carried, name: str, fields: dict[str, Any]
    ) -> Receipt:
        """Give a command to a case that has ended: one more run does it, and ends again.

        Args:
            known: the case as the ledger tells it.
            carried: what that run begins with; it needs no words of anybody's.
            name: one of the few commands that an ended case takes.
            fields: as for `submit_fields`, which refuses and fails alike.
        """

        def start() -> WithStartWorkflowOperation[Any, Any]:
            return WithStartWorkflowOperation(
                CASE_WORKFLOW,
                CaseInput(case_id=known.id, carried=carried, carry_on_after=self._carry_on_after),
                id=workflow_id(known.id),
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                memo=_memo_of(known),
                static_summary=f"case {known.id}, after its end",
            )

        return await self._submitted(known.id, name, fields, start)

    async def _submitted(
        self, number: str, name: str, fields: dict[str, Any], start: Start | None = None
    ) -> Receipt:
        _check_size(fields)
        command_id = str(fields.get("id", ""))
        receipt = await self._asked(number, name, fields, command_id, start)
        if receipt.refused is not None:
            raise Refused(receipt.refused, code=receipt.code or "refused")
        return receipt

    async def _asked(
        self, number: str, name: str, fields: dict[str, Any], command_id: str, start: Start | None
    ) -> Receipt:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await self._asked_again(number, name, fields, command_id, start)
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
            if await self._is_up():
                raise OutcomeUnknown(command_id) from None
            raise Unreachable("the Temporal server stopped answering; ask again with the same id") from None

    async def _asked_again(
        self, number: str, name: str, fields: dict[str, Any], command_id: str, start: Start | None
    ) -> Receipt:
        while True:
            try:
                receipt = await self._ask_once(number, name, fields, command_id, start)
            except WorkflowUpdateFailedError as error:
                raise _as_refusal(error) from None
            except RPCError as error:
                if error.status not in ASK_AGAIN:
                    raise _as_error(error, number) from None
                await asyncio.sleep(0.1)
            else:
                return receipt

    async def _ask_once(
        self, number: str, name: str, fields: dict[str, Any], command_id: str, start: Start | None
    ) -> Receipt:
        receipt: Receipt
        if start is None:
            receipt = await self.handle(number).execute_update(
                name, fields, id=command_id or None, result_type=Receipt
            )
        else:
            receipt = await self._temporal.execute_update_with_start_workflow(
                name,
                fields,
                start_workflow_operation=start(),
                id=command_id or None,
                result_type=Receipt,
            )
        return receipt

    async def _is_up(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._temporal.service_client.check_health()
        except (TimeoutError, RPCError, RuntimeError):
            return False

    async def send(self, number: str, name: str, fields: dict[str, Any]) -> None:
        """Send a command as a signal: durable at once, carried out when a worker is there."""
        _check_size(fields)
        await _answered(self.handle(number).signal(name, fields), number)

    async def view(self, number: str) -> CaseView:
        """Return where the case stands (needs a worker).

        Raises:
            NotFound: no case of that number.
            Unreachable: no server, or no worker within the time.
        """
        return await self._asked_of(number, "view", CaseView)

    async def improvement(self, id_: str) -> ImprovementView:
        """Return where an improvement request stands; raises as `view`."""
        return await self._asked_of(id_, "view", ImprovementView)

    async def report_figures(self, theme: Theme, figures: Figures, book: Rulebook) -> str:
        """Have a head answer for the figures of a period; sent again, it is the same request.

        Returns:
            The number of the request.

        Raises:
            Unreachable: Temporal did not answer; nothing was done.
        """
        id_ = request_id(self._secret, theme)
        asked = ReportFigures(
            id=f"figures/{theme.product}", by=REDRESS, theme=theme, figures=figures, book=book
        )
        start = self._temporal.start_workflow(
            IMPROVEMENT_WORKFLOW,
            ImprovementInput(improvement_id=id_, carry_on_after=self._carry_on_after),
            id=improvement_workflow_id(id_),
            task_queue=TASK_QUEUE,
            start_signal=asked.kind,
            start_signal_args=[asked.model_dump(mode="json", exclude={"at"})],
            static_summary=f"figures {id_}",
        )
        await _answered(start, id_)
        return id_

    async def _asked_of(self, number: str, query: str, answer: type[T]) -> T:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await self._ask(number, query, answer)
        except WorkflowQueryFailedError as error:
            raise RedressError(
                f"{number} does not answer ({error}); see its workflow in the Temporal UI"
            ) from None
        except RPCError as error:
            raise _as_error(error, number) from None
        except TimeoutError:
            raise Unreachable("no worker answers; start one with `redress worker`") from None

    async def _ask(self, number: str, query: str, answer: type[T]) -> T:
        failed = 0
        while True:
            try:
                found: T = await self.handle(number).query(
                    query, result_type=answer, rpc_timeout=ANSWER_OF_A_QUERY
                )
            except WorkflowQueryFailedError as error:
                failed += CATCHING_UP not in str(error)
                if failed == FAILED_QUERIES:
                    raise
                await asyncio.sleep(0.1)
            except RPCError as error:
                if error.status is RPCStatusCode.FAILED_PRECONDITION and failed < FAILED_QUERIES:
                    failed += 1  # the run's last task failed; the server gives it to a worker again
                    await asyncio.sleep(1)
                elif error.status not in (RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED):
                    raise
            else:
                return found

    async def brief(self, number: str) -> Brief:
        """Return what somebody has to know before they take the case in hand (needs a worker).

        Raises:
            NotFound: no case of that number.
            Unreachable: no server, or no worker within the time.
        """
        return await self._asked_of(number, "brief", Brief)

    async def revive(self, number: str, carried: Carried) -> None:
        """End whatever runs under this number and start a run from what the ledger holds."""
        start = CaseInput(case_id=number, carried=carried, carry_on_after=self._carry_on_after)
        await self._start_anew(CASE_WORKFLOW, start, number, memo=_memo_of(carried.case))

    async def revive_improvement(self, carried: ImprovementCarried) -> None:
        """End whatever runs of this request and start a run from what the ledger holds."""
        id_ = carried.request.id
        start = ImprovementInput(improvement_id=id_, carried=carried, carry_on_after=self._carry_on_after)
        await self._start_anew(IMPROVEMENT_WORKFLOW, start, id_)

    async def _start_anew(
        self,
        workflow: str,
        start: CaseInput | ImprovementInput,
        id_: str,
        memo: dict[str, Any] | None = None,
    ) -> None:
        what = "improvement request" if is_request(id_) else "case"
        await _answered(
            self._temporal.start_workflow(
                workflow,
                start,
                id=self.handle(id_).id,
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
                memo=memo,
                static_summary=f"{what} {id_}, revived from the ledger",
            ),
            id_,
        )

    async def executions(
        self, *, running: bool = False, kind: str = CASE_WORKFLOW
    ) -> AsyncIterator[WorkflowExecution]:
        """Yield every run of a case that the server knows; only those still running, on request."""
        query = f"WorkflowType = '{kind}'" + (" AND ExecutionStatus = 'Running'" if running else "")
        async for found in self._temporal.list_workflows(query):
            yield found

    async def numbers(self, *, running: bool = False) -> AsyncIterator[str]:
        """Yield the number of every case that the server knows."""
        async for found in self.executions(running=running):
            yield found.id.removeprefix("case-")

    async def improvements(self, *, running: bool = False) -> AsyncIterator[str]:
        """Yield the id of every improvement request that the server knows."""
        async for found in self.executions(running=running, kind=IMPROVEMENT_WORKFLOW):
            yield PREFIX + found.id.removeprefix(IMPROVEMENTS_BEGIN)

    async def summaries(self, number: str) -> AsyncIterator[tuple[str, str]]:
        """Yield the texts of a history that the Temporal UI shows: event type and summary or details."""
        async for event in self.handle(number).fetch_history_events():
            for payload in (event.user_metadata.summary, event.user_metadata.details):
                if payload.data:
                    name = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").lower()
                    yield f"the summary of {name}", payload.data.decode("utf-8", errors="replace")


def _content(opening: Opening) -> str:
    """Return the digest by which a repeated opening is told from another one.

    Fields that openings had not at first count only where they are given, so that a message which was sent
    before an update and again after it is still the same.
    """
    told = json.loads(canonical(opening))
    for name in LATER_FIELDS:
        if told[name] is None:
            del told[name]
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def _memo_of(case: Case) -> dict[str, Any]:
    """Return the memo that the case was opened with, so that opening it again still finds it."""
    intake = case.intake
    if intake is None:
        return {}
    return {MEMO_OPENING: _content(intake.opening), MEMO_KEY: intake.key_digest}


def _check_size(fields: dict[str, Any]) -> None:
    """Refuse what the case would refuse unread, and what the server would not even take."""
    size = len(json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise Refused(f"the command has {size} bytes; at most {MAX_BYTES} are taken", code="size")


async def _answered(call: Awaitable[T], number: str = "") -> T:
    try:
        async with asyncio.timeout(PATIENCE * 2):
            return await call
    except TimeoutError:
        raise Unreachable("the Temporal server does not answer; nothing was confirmed") from None
    except RPCError as error:
        raise _as_error(error, number) from None


def _as_error(error: RPCError, number: str) -> RedressError:
    if error.status == RPCStatusCode.NOT_FOUND:
        return NotFound(f"there is no running case {number}; closed cases answer `redress history`")
    if error.status in (*TRY_AGAIN, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED):
        return Unreachable("the Temporal server does not answer")
    return RedressError(f"the Temporal server refused: {error.status.name}")


def _as_refusal(error: WorkflowUpdateFailedError) -> Exception:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type == "Refused":
        code = str(cause.details[0]) if cause.details else "refused"
        return Refused(cause.message, code=code)
    return RedressError(f"the command failed: {cause}")
