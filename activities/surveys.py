"""The surveys port: opens a survey that is answered once, sends its link, and fetches the answer."""

from collections.abc import Mapping

import httpx
from temporalio import activity

from activities.http import Patience, Provider, expect
from activities.notices import Delivery, address_of, rendered
from activities.wordings import Wordings, script
from domain.effect import Answer, Ask, FetchAnswer, LinkSent, NoticeSent, SendLink, SurveyAnswer
from domain.record import Instant, Line, Record, Text

HIDDEN = "…"
"""What stands for the link in the text that the case keeps: whoever has it could answer."""


class OpenSurvey(Record):
    """What the survey service is asked to open."""

    kind: Line = "open_survey"
    survey: Line
    language: Line
    questions: dict[str, Text]
    order: tuple[Line, ...]
    expires_at: Instant


class SurveyOpened(Record):
    """Where it can be answered, below the service's own address; `reference` gives nothing away."""

    reference: Line
    path: Line


class Surveys:
    """Asks the survey service and the gateway."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        wordings: Mapping[str, Wordings],
        patience: Patience = Patience(),  # noqa: B008 - frozen
    ) -> None:
        self._surveys = Provider(client, "surveys", patience)
        self._gateway = Provider(client, "gateway", patience)
        self._crm = Provider(client, "crm", patience)
        self._at = str(client.base_url).rstrip("/")
        self._wordings = wordings

    @activity.defn(name="send_link")
    async def send_link(self, ask: Ask) -> Answer:
        """Open the survey and deliver its link; tried again under the same key it is the same link."""
        request = expect(ask, SendLink)
        kept = rendered(self._wordings, request, {**request.slots, "link": HIDDEN})
        address = await address_of(self._crm, ask, request.contact, request.channel)
        opened = await self._surveys.ask(ask, self._survey(request), SurveyOpened)
        delivery = Delivery(
            template=request.template,
            language=request.language,
            channel=request.channel,
            address=address,
            text=rendered(self._wordings, request, {**request.slots, "link": f"{self._at}{opened.path}"}),
        )
        sent = await self._gateway.ask(ask, delivery, NoticeSent)
        result = LinkSent(reference=opened.reference, delivered=sent.delivered, text=kept)
        return Answer(result=result)

    @activity.defn(name="fetch_answer")
    async def fetch_answer(self, ask: Ask) -> Answer:
        """Return whether somebody answered, and what."""
        request = expect(ask, FetchAnswer)
        return Answer(result=await self._surveys.ask(ask, request, SurveyAnswer))

    def _survey(self, request: SendLink) -> OpenSurvey:
        prefix = "servqual_" if request.survey == "servqual" else "question_"
        words = script(
            self._wordings[request.wording_hash], request.questions, request.language, prefix=prefix
        )
        return OpenSurvey(
            survey=request.survey,
            language=request.language,
            questions=words,
            order=request.questions,
            expires_at=request.expires_at,
        )
