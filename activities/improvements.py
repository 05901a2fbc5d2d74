"""Passes on what cases teach: a case joins its like ones, and a suggester hears what became of it."""

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.customers import Customers
from activities.http import expect, refused
from activities.notices import Notices
from domain.effect import (
    Answer,
    Ask,
    ImprovementJoined,
    NoteProsumer,
    ReportLesson,
    SendNotice,
    TellSuggester,
)
from domain.intake import CaseOpened, CustomerRead, Intake, channels, evolve
from domain.learnt import profile_of
from domain.record import Record
from domain.theme import PREFIX, request_id
from ledger.errors import LedgerError
from ledger.fold import events_of
from ledger.store import EventStore


class Began(Record):
    """The start input of an improvement request, as its workflow reads it."""

    improvement_id: str
    carry_on_after: int


class Improvements:
    """The port to improvement requests, over the workflow server itself.

    Args:
        temporal: where requests run.
        secret: key of the numbers.
        store: the ledger, which knows how a suggester is reached.
        notices: what sends words.
        customers: what asks the CRM.
        workflow: name of the workflow type, its task queue, and how its ids begin.
    """

    def __init__(
        self,
        temporal: Client,
        *,
        secret: str,
        store: EventStore,
        notices: Notices,
        customers: Customers,
        workflow: tuple[str, str, str],
        carry_on_after: int,
    ) -> None:
        self._temporal = temporal
        self._secret = secret
        self._store = store
        self._notices = notices
        self._customers = customers
        self._workflow = workflow
        self._carry_on_after = carry_on_after

    @activity.defn(name="report_lesson")
    async def report_lesson(self, ask: Ask) -> Answer:
        """Have a case join its like ones; the first starts the request, a repeat changes nothing."""
        lesson = expect(ask, ReportLesson)
        id_ = request_id(self._secret, lesson.theme)
        name, queue, begins = self._workflow
        fields = {
            "id": f"{ask.case_id}/{ask.key.replace(':', '-')}",
            "by": {"role": "system", "id": "redress"},
            **lesson.model_dump(mode="json", exclude={"kind"}),
        }
        await self._temporal.start_workflow(
            name,
            Began(improvement_id=id_, carry_on_after=self._carry_on_after),
            id=begins + id_.removeprefix(PREFIX),
            task_queue=queue,
            start_signal="report_case",
            start_signal_args=[fields],
            static_summary=f"improvement request {id_}",
        )
        return Answer(result=ImprovementJoined(improvement=id_))

    @activity.defn(name="tell_suggester")
    async def tell_suggester(self, ask: Ask) -> Answer:
        """Tell the customer of a case, by the channel that reaches them, what their suggestion became."""
        request = expect(ask, TellSuggester)
        intake = await self._intake(request.case_id)
        notice = SendNotice(
            template="suggestion_done",
            wording_hash=request.wording_hash,
            language=intake.language,
            channel=channels(intake)[0],
            contact=intake.opening.contact,
            slots={"number": request.case_id, "answer": request.letter},
        )
        return await self._notices.send_notice(ask.model_copy(update={"request": notice}))

    @activity.defn(name="note_prosumer")
    async def note_prosumer(self, ask: Ask) -> Answer:
        """Tell the CRM how an invitation stands; nobody with an open case is invited."""
        request = expect(ask, NoteProsumer)
        profile = profile_of(await self._intake(request.case_id))
        if profile is None:
            raise refused("the CRM keeps no profile of this customer", "no-profile")
        invites = request.fact.value == "invited"
        return await self._customers.propose_now(ask, profile, request.fact, alone=invites)

    async def _intake(self, case_id: str) -> Intake:
        """Return how the case came in, from the ledger; the case itself may have ended long ago."""
        try:
            entries = await self._store.read(case_id)
        except LedgerError as error:
            failure = ApplicationError(str(error), type=type(error).__name__)
        else:
            intake: Intake | None = None
            for event in events_of([entry for entry in entries if entry.body]):
                if isinstance(event, CaseOpened) or (intake is not None and isinstance(event, CustomerRead)):
                    intake = evolve(intake, event)
            if intake is not None:
                return intake
            failure = refused("the ledger holds no opening of this case")
        raise failure
