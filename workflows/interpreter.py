"""The interpreter of a pure decider: keeps its time, carries out what it asks for, writes down what happened.

Cases and improvement requests are deciders of their own; how one is kept alive is the same for both.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy, SearchAttributeUpdate
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.append import APPEND_EVENTS, AppendEvents
    from activities.retry import FIRST_RETRY_AFTER, HEARTBEAT, LAST_RETRY_AFTER, START_TO_CLOSE
    from domain.attempt import AttemptRefused, CancellationRequested, LetterRefused
    from domain.chain import GENESIS, RecordedEvent
    from domain.effect import REFUSED, Answer, Ask, Effect
    from domain.message import (
        CameBack,
        EffectRefused,
        EffectSucceeded,
        Event,
        Fact,
        LetTimePass,
        OutcomeUnknown,
    )
    from domain.policy import Policy
    from domain.refusal import Refused
    from domain.row import CaseRow, ImprovementRow
    from workflows.decode import garbage_digest, plain
    from workflows.messages import Answered, Baggage, Receipt
    from workflows.names import CONFLICT
    from workflows.record import State, digest_of_command, may_be_carried, recorded, take_batch

ALARM_GRACE = timedelta(milliseconds=1)
"""The due instant itself is in time, so the alarm rings just after it (clock rule 4)."""

KEPT_ANSWERS = 200
"""How many receipts are kept for commands that are sent again."""

HARD_LIMIT = timedelta(minutes=5)
"""How long a run that wants to continue as new waits for effects; then they go on under their keys."""


S = TypeVar("S", bound=State)


class Interpreter(Generic[S]):
    """Keeps time for one decider; knows no rule of the business.

    Takes every command as an update named after its kind (an answer, and no trace where it is refused), or as
    a signal of the same name (a letter: durable at once, its refusal is recorded). Promises: no handler
    awaits; time passes before anything is judged; nothing is started twice after its outcome came back; a
    cancellation ends nothing; what cannot go on waits for a human, it never fails.
    """

    MATTER: ClassVar[frozenset[str]] = frozenset()
    """Commands of which a refusal is itself an event."""

    def __init__(self, state: S, baggage: Baggage | None, policy: Policy | None, carry_on_after: int) -> None:
        self._state = state
        self._carry_on_after = carry_on_after
        self._began_at_version = state.version
        self._head = baggage.head if baggage else GENESIS
        self._unwritten: list[RecordedEvent] = list(baggage.unwritten) if baggage else []
        self._pinned = baggage.pinned if baggage else policy
        self._answered = {each.receipt.command_id: each for each in (baggage.answered if baggage else ())}
        self._came_back = dict.fromkeys(baggage.came_back if baggage else ())
        self._running: dict[str, asyncio.Task[None]] = {}
        self._writing: asyncio.Task[None] | None = None
        self._hasty = bool(self._unwritten)
        self._wanted: tuple[str, ...] = ()
        self._conflict = False
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: datetime | None = None
        self._limit: asyncio.Task[None] | None = None
        self._limit_passed = False
        self._stirred = True
        self._broken: BaseException | None = None
        self._shown: tuple[object, ...] | None = None
        self._untold = False

    # The decider. --------------------------------------------------------------------------------------

    @abstractmethod
    def _decode(self, name: str, args: Sequence[RawValue]) -> Any:
        """Read a command; raise `Refused` where it is none."""

    @abstractmethod
    def _decide(self, message: Any) -> tuple[Event, ...]:
        """Decide on the state as it is."""

    @abstractmethod
    def _try(self, command: Any, at: datetime) -> None:
        """Decide on a copy, after time has passed; raise `Refused` where it may not be."""

    @abstractmethod
    def _evolve(self, event: Event) -> S:
        """Return the state after an event."""

    @abstractmethod
    def _next_due(self) -> datetime | None:
        """Return the earliest deadline."""

    @abstractmethod
    def _todo(self) -> tuple[Effect, ...]:
        """Return what the outside owes."""

    @abstractmethod
    def _row(self) -> CaseRow | ImprovementRow:
        """Return the line of the read model."""

    @abstractmethod
    def _signs(self) -> tuple[object, ...]:
        """Return what is shown of it; shown again when that changes."""

    @abstractmethod
    def _attributes(self) -> list[SearchAttributeUpdate[Any]]:
        """Return its search attributes."""

    @abstractmethod
    def _details(self) -> str:
        """Return Markdown for the Temporal UI; no words of a customer."""

    def _attempted(self, command: Any, refusal: Refused) -> Event:
        """Return the event of a refused command that matters."""
        raise NotImplementedError(f"{command.kind} leaves no trace: {refusal.code}")

    # Living. -------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        """Take in one piece of news, and do all that follows."""
        await self._until_stirred()
        if self._broken is not None:  # a bug: fail the task where everybody sees it
            raise RuntimeError("a background task broke") from self._broken
        self._stirred = False
        self._pass_time()
        self._reconcile()
        self._write()
        self._set_alarm()
        self._show()

    async def _until_stirred(self) -> None:
        """Wait for news; a cancellation request is news, not an end."""
        while True:
            try:
                await workflow.wait_condition(lambda: self._stirred or self._broken is not None)
            except asyncio.CancelledError:
                self._record((CancellationRequested(at=self._now()),))
            else:
                return

    # Messages. -----------------------------------------------------------------------------------------

    @workflow.update(dynamic=True)
    def command(self, name: str, args: Sequence[RawValue]) -> Receipt:
        """Carry out a command and answer it, within this one workflow task."""
        try:
            return self._receive(self._decode(name, args))
        except Refused as refusal:  # any other exception would wedge the workflow task
            raise _as_error(refusal) from refusal

    @command.validator
    def _check_command(self, name: str, args: Sequence[RawValue]) -> None:
        try:
            command = self._decode(name, args)
            if self._answer_to(command) is not None or command.kind in self.MATTER:
                return  # answered before; or a refusal that is an event, which only the handler may record
            at = self._now()
            self._try(command.model_copy(update={"at": at}), at)
        except Refused as refusal:
            raise _as_error(refusal) from refusal

    @workflow.signal(dynamic=True)
    def letter(self, name: str, args: Sequence[RawValue]) -> None:
        """Carry out a command whose sender cannot wait; what cannot be done is recorded, never dropped."""
        try:
            self._receive(self._decode(name, args))
        except Refused as refusal:
            length, digest = garbage_digest(args)
            refused = LetterRefused(
                name=plain(name, 60) or "unnamed",
                reason=plain(refusal.reason, 200),
                length=length,
                digest=digest,
                at=self._now(),
            )
            self._record((refused,))

    def _receive(self, command: Any) -> Receipt:
        known = self._answer_to(command)
        if known is not None:
            return known
        self._pass_time()
        command = command.model_copy(update={"at": self._now()})
        refusal: Refused | None = None
        try:
            events = self._decide(command)
        except Refused as refused:
            if command.kind not in self.MATTER:
                raise
            refusal, events = refused, (self._attempted(command, refused),)
        self._record(events)
        return self._answer(command, events, refusal)

    def _answer_to(self, command: Any) -> Receipt | None:
        """Return the receipt of a command that was answered already; refuse its id for another command."""
        known = self._answered.get(command.id)
        if known is None:
            return None
        if known.digest != digest_of_command(command):
            raise Refused("id: was used for another command; give each command its own", code="id-used")
        return known.receipt

    def _answer(self, command: Any, events: tuple[Event, ...], refusal: Refused | None) -> Receipt:
        tried = next((event for event in events if isinstance(event, AttemptRefused)), None)
        receipt = Receipt(
            case_id=self._state.id,
            command_id=command.id,
            version=self._state.version,
            events=tuple(getattr(event, "kind", "") for event in events),
            refused=refusal.reason if refusal else None,
            code=tried.code if tried else None,
            attempt=tried.reason if tried and not refusal else None,
        )
        self._answered[command.id] = Answered(digest=digest_of_command(command), receipt=receipt)
        while len(self._answered) > KEPT_ANSWERS:
            del self._answered[next(iter(self._answered))]
        return receipt

    # Time. ---------------------------------------------------------------------------------------------

    def _now(self) -> datetime:
        """Its own time never runs backwards, whatever the server's clock does."""
        now = workflow.now()
        return max(now, self._state.at) if self._state.at else now

    def _pass_time(self) -> None:
        """Let time pass until nothing more falls due; first of all, as messages run before timers."""
        while self._tell(LetTimePass(at=self._now())):
            pass

    def _set_alarm(self) -> None:
        """Re-arm only for an earlier deadline; a ring that comes early finds nothing due."""
        due = self._next_due()
        if due is None:
            return
        now = self._now()
        if due < now:  # a negative sleep would raise in the background and silence the alarm for ever
            raise RuntimeError(f"a deadline in the past does not move: {due}")
        ring = due + ALARM_GRACE
        if self._alarm_at is not None and self._alarm_at <= ring:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = ring
        self._alarm = self._spawn(self._ring_after, ring - now)

    async def _ring_after(self, span: timedelta) -> None:
        await workflow.sleep(span, summary="next deadline")
        self._alarm = self._alarm_at = None
        self._stirred = True

    # Effects. ------------------------------------------------------------------------------------------

    def _reconcile(self) -> None:
        """Start what is owed, stop what is no longer wanted."""
        wanted = {effect.key: effect for effect in self._todo()}
        self._wanted = tuple(wanted)
        for key in [key for key in self._running if key not in wanted]:
            self._running[key].cancel()
        for key, effect in wanted.items():
            if key in self._came_back:
                raise RuntimeError(f"{key} came back and is still wanted")
            if key not in self._running and self._may_start(effect):
                self._running[key] = self._spawn(self._carry_out, effect)

    def _may_start(self, effect: Effect) -> bool:
        """Money waits until its intent is in the ledger; nothing starts in a run that wants to carry on."""
        if self._wants_to_carry_on():
            return False
        written = self._state.version - len(self._unwritten)
        return effect.after_written is None or written >= effect.after_written

    async def _carry_out(self, effect: Effect) -> None:
        ask = Ask(
            case_id=self._state.id, key=effect.once or effect.key, at=self._now(), request=effect.request
        )
        fact = await self._outcome(effect, ask)
        del self._running[effect.key]
        self._came_back[effect.key] = None
        self._pass_time()
        self._record(self._decide(fact.model_copy(update={"at": self._now()})), hasty=False)
        self._stirred = True

    async def _outcome(self, effect: Effect, ask: Ask) -> CameBack:
        """Only a non-retryable error of the named type is a refusal; everything else is unknown."""
        kind, money = effect.request.kind, effect.after_written is not None
        waits = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
        try:
            answer = await workflow.execute_activity(
                kind,
                ask,
                result_type=Answer,
                start_to_close_timeout=START_TO_CLOSE[kind],
                schedule_to_close_timeout=effect.patience,
                heartbeat_timeout=HEARTBEAT,
                retry_policy=RetryPolicy(
                    initial_interval=FIRST_RETRY_AFTER, maximum_interval=LAST_RETRY_AFTER
                ),
                cancellation_type=waits if money else workflow.ActivityCancellationType.TRY_CANCEL,
                summary=effect.key,
            )
        except (ActivityError, asyncio.CancelledError) as error:
            cause = _refusal_in(error)
            if cause is not None:
                return EffectRefused(at=self._now(), key=effect.key, reason=_reason(cause), code=_code(cause))
            return OutcomeUnknown(at=self._now(), key=effect.key)
        return EffectSucceeded(at=self._now(), key=effect.key, result=answer.result)

    # Recording. ----------------------------------------------------------------------------------------

    def _tell(self, fact: Fact) -> tuple[Event, ...]:
        return self._record(self._decide(fact))

    def _record(self, events: tuple[Event, ...], *, hasty: bool = True) -> tuple[Event, ...]:
        """The only place where the case changes; `hasty` events go to the ledger without waiting."""
        self._hasty = self._hasty or (hasty and bool(events))
        for event in events:
            self._state = self._evolve(event)
            salt = f"{workflow.random().getrandbits(128):032x}"
            entry = recorded(self._state, event, before=self._head, salt=salt)
            self._head = entry.hash
            self._unwritten.append(entry)
        self._stirred = self._stirred or bool(events)
        self._untold = self._untold or bool(events)
        return events

    def _write(self) -> None:
        """Hand what is unwritten to the ledger, one activity at a time; a conflict stops this for good."""
        leaves = self._limit_passed and self._wants_to_carry_on()
        may = self._writing is None and not self._conflict and not leaves
        if may and self._unwritten and self._is_worth_writing():
            self._writing = self._spawn(self._write_batch)

    def _is_worth_writing(self) -> bool:
        """What an effect brought waits for what the next one brings; people, deadlines and money do not wait.

        This saves a third of the appends: a step's outcome goes out with the next (docs/decisions/0004).
        """
        waits_for_ledger = any(key not in self._running for key in self._wanted)
        return self._hasty or waits_for_ledger or not self._running

    async def _write_batch(self) -> None:
        batch = take_batch(self._unwritten)
        whole = len(batch) == len(self._unwritten)
        self._hasty = not whole
        request = AppendEvents(
            case_id=self._state.id,
            events=batch,
            row=self._row() if whole else None,
            policy=self._pinned,
        )
        try:
            await workflow.execute_activity(
                APPEND_EVENTS,
                request,
                start_to_close_timeout=timedelta(seconds=60),  # the store waits up to 30 s for its database
                heartbeat_timeout=HEARTBEAT,
                retry_policy=RetryPolicy(
                    initial_interval=FIRST_RETRY_AFTER, maximum_interval=LAST_RETRY_AFTER
                ),
                summary=f"events {batch[0].seq}-{batch[-1].seq}",
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            self._conflict = True  # another history under this id, or rows the ledger will never take
            workflow.logger.error("the ledger refused these events", extra={"seq": batch[0].seq})
        else:
            del self._unwritten[: len(batch)]
            self._pinned = None
        finally:
            self._writing = None
            self._stirred = True

    # Carrying on. --------------------------------------------------------------------------------------

    def _wants_to_carry_on(self) -> bool:
        lived = self._state.version - self._began_at_version
        is_time = lived >= self._carry_on_after or workflow.info().is_continue_as_new_suggested()
        return is_time and may_be_carried(self._unwritten)

    def _carries_on(self) -> bool:
        """A run that is due to continue lets its effects end, up to a hard limit; appends are idempotent."""
        if not self._wants_to_carry_on() or self._conflict:
            return False
        if not self._running or self._limit_passed:
            return True
        if self._limit is None:
            self._limit = self._spawn(self._pass_limit)
        return False

    async def _pass_limit(self) -> None:
        await workflow.sleep(HARD_LIMIT, summary="continue as new at the latest")
        self._limit_passed = True
        self._stirred = True

    def _baggage(self) -> Baggage:
        """Return what the next run needs beside the state."""
        return Baggage(
            head=self._head,
            unwritten=tuple(self._unwritten),
            came_back=tuple(self._came_back),
            answered=tuple(self._answered.values()),
            pinned=self._pinned,
        )

    # Helpers of the engine. ----------------------------------------------------------------------------

    def _spawn(self, work: Callable[..., Coroutine[Any, Any, None]], *about: Any) -> asyncio.Task[None]:
        """Start background work whose unexpected failure reaches `run`; a silent task is a silent outage."""
        self._untold = False  # whatever is spawned begins with a command: an activity or a timer
        return asyncio.create_task(self._watched(work, *about))

    async def _watched(self, work: Callable[..., Coroutine[Any, Any, None]], *about: Any) -> None:
        try:
            await work(*about)  # made here: a task that is evicted before it starts leaves nothing behind
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - handed to run, which raises it
            self._broken = error
            self._stirred = True

    def _show(self) -> None:
        """Keep search attributes and the UI's details true; upserted when they change, or as a sign of life.

        A workflow task that takes news in and gives no command is joined to the next one by a worker that
        loads the run between them, and told apart again by a replay: messages come before news in one task,
        so it would remember another order than its history has (docs/decisions/0010).
        """
        shown = (*self._signs(), self._conflict)
        if shown == self._shown and not self._untold:
            return
        self._shown, self._untold = shown, False
        workflow.upsert_search_attributes([*self._attributes(), CONFLICT.value_set(self._conflict)])
        warning = "\n\n**conflict**: the ledger holds another history; `redress revive`"
        workflow.set_current_details(self._details() + (warning if self._conflict else ""))


def _as_error(refusal: Refused) -> ApplicationError:
    return ApplicationError(refusal.reason, refusal.code, type="Refused", non_retryable=True)


def _refusal_in(error: BaseException) -> ApplicationError | None:
    cause = error.cause if isinstance(error, ActivityError) else None
    if isinstance(cause, ApplicationError) and cause.non_retryable and cause.type == REFUSED:
        return cause
    return None


def _reason(refusal: ApplicationError) -> str:
    return plain(refusal.message, 200).strip() or "refused"


def _code(refusal: ApplicationError) -> str | None:
    """Return the provider's word for why, where it gave one that is a word."""
    given = refusal.details[0] if refusal.details else None
    return plain(given, 60).strip() or None if isinstance(given, str) else None
