"""What may grow out of a good end, on the real server: nothing while any case of the customer is open."""

from datetime import timedelta

from domain.assignment import AcceptCase
from domain.effect import Contact, ProposeFacts
from domain.ending import AnswerCase
from domain.follow_up_rules import GrowthRules
from domain.growth import AttachSalesOffer, EncourageContact
from domain.policy import Policy
from domain.triage import Triage
from tests.workflows.environment import Environment
from tests.workflows.life import eventually, open_case
from tests.workflows.lives import AGENT, OWNER, close, recover, refund
from tests.workflows.policies_for_tests import policy, prompt
from tests.workflows.requests import IDEAS_AGENT, IDEAS_LEAD, Request, suggest

GROWTH = GrowthRules(advocate_from={"outcome_fair": 5}, patience=timedelta(days=60))


def growing() -> Policy:
    """Return a policy whose lucky customers are candidates, with a window in which an offer can be made."""
    call = prompt().happy_call.model_copy(update={"growth": GROWTH, "after_care": None, "form": None})
    return policy(happy_call=call)


def told(env: Environment, number: str) -> list[list[tuple[str, str]]]:
    """Return what the CRM took from a case or request of what only a customer with nothing open hears of."""
    deeds = (each for each in env.deeds("crm", number) if each.operation == "propose_facts")
    facts = [ProposeFacts.model_validate_json(each.request).facts for each in deeds if each.status == "done"]
    return [[(each.fact, each.value) for each in some] for some in facts]


async def adopted(env: Environment, who: Contact) -> Request:
    """Return the request that an adopted suggestion of this customer raises."""
    life, request = await suggest(env, f"lid {next(env.numbers)}", contact=who)
    assert await life.ended() == "answered"
    await request.until("raised")
    return request


async def only_case(request: Request) -> str:
    """Return the one case behind a request."""
    (case,) = (await request.view()).cases
    return case.case_id


async def invited(request: Request) -> str | None:
    """Return why the customer is not invited."""
    (prosumer,) = (await request.view()).prosumers
    return prosumer.why_not


async def test_advocate_offer_and_invitation_wait_until_nothing_of_the_customer_is_open(
    env: Environment,
) -> None:
    who = Contact(customer_id=f"cust-{next(env.numbers)}-regular", phone="010-0000-0000")
    question = await open_case(env, contact=who, text="언제 여나요?")
    life = await open_case(env, growing(), contact=who)
    await recover(life, refund(5_000))
    await close(life)
    await life.until(lambda view: view.row.stage == "reopen_window")
    await life.command(AttachSalesOffer, OWNER, offer="of-7", selling="up_sell")
    await life.command(EncourageContact, OWNER, between="community")
    await life.forward(timedelta(days=8))
    await life.until(lambda view: view.row.end == "recovered")
    first, second = await adopted(env, who), await adopted(env, who)
    await first.command("invite_prosumer", IDEAS_LEAD, case=await only_case(first))
    await first.until("raised")

    assert (await invited(first), told(env, life.number), told(env, first.id)) == ("open-case", [], [])

    await question.command(Triage, AGENT, voc_type="inquiry")
    await question.command(AcceptCase, AGENT)
    await question.command(AnswerCase, OWNER, text="아홉 시에 엽니다.")
    assert await question.ended() == "answered"
    await life.forward(timedelta(days=2))
    assert await life.ended() == "recovered"
    for request in (first, second):
        await request.command("invite_prosumer", IDEAS_LEAD, case=await only_case(request))
        await request.until("raised")
    await first.command("answer_invitation", IDEAS_AGENT, case=await only_case(first), reply="accepted")
    await first.until("raised")

    assert told(env, life.number) == [
        [("advocate", "candidate"), ("sales_offer", "of-7"), ("customer_contact", "community")]
    ]
    assert told(env, first.id) == [[("prosumer", "invited")], [("prosumer", "accepted")]]
    assert (await invited(second), told(env, second.id)) == ("invited-before", [])

    again = await open_case(env, contact=who, text="또 고장 났어요.")

    async def rests() -> bool:
        return (await env.redress.brief(again.number)).meets == ("community",)

    await eventually(rests)
