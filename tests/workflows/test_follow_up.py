"""Calls that nobody answers, on the real thing: a link, an answer that is fetched, or none in time."""

from datetime import timedelta
from typing import Any

import policies
from domain.effect import Contact
from domain.follow_up_rules import LinkRules
from sandbox.calls import NEVER_HOME
from tests.workflows.environment import Environment
from tests.workflows.life import Life, open_case
from tests.workflows.lives import close, recover, refund, withdraw
from tests.workflows.policies_for_tests import policy

LINK = LinkRules(channels=("sms",), open_for=timedelta(days=2), look_every=timedelta(hours=12))


async def with_a_link(env: Environment) -> tuple[Life, str]:
    """Live up to the link that follows a call nobody answered; return it as the customer got it."""
    usual = policies.load("retail-kr").happy_call
    changes: dict[str, Any] = {
        "delay": timedelta(0),
        "from_hour": 0,
        "to_hour": 24,
        "attempts": 1,
        "link": LINK,
        "after_care": None,
        "retention": None,
    }
    called = policy(happy_call=usual.model_copy(update=changes))
    contact = Contact(customer_id=f"cust-{next(env.numbers)}{NEVER_HOME}", phone="010-0000-0000")
    life = await open_case(env, called, contact=contact)
    await recover(life, refund(5_000))
    await close(life)
    await life.until(
        lambda view: view.follow_up is not None and (view.follow_up.link or "").startswith("sent")
    )
    texts = [deed.request for deed in env.deeds("gateway", life.number) if "/answers/" in deed.request]
    assert len(texts) == 1
    link = texts[0].partition("/answers/")[2].partition('"')[0]
    assert all(link not in entry.body for entry in await life.written()), "the ledger could answer for them"
    return life, f"/answers/{link}"


async def test_a_bad_answer_by_link_reopens_a_case_that_no_call_reached(
    env: Environment,
) -> None:
    life, link = await with_a_link(env)
    page = await env.worker.outside.get(link)
    assert (page.status_code, "문제가 이제 사라졌는지" in page.text) == (200, True)
    sent = await env.worker.outside.post(link, content="problem_gone=0&outcome_fair=2&verbatim=no")
    assert sent.status_code == 200
    assert (await env.worker.outside.post(link, content="problem_gone=1")).status_code == 410
    assert "happy_call_answered" not in await life.kinds(), "a word from outside is never taken for it"
    await life.forward(timedelta(hours=13))
    view = await life.until(lambda view: view.round == 2)
    assert view.row.stage == "in_recovery"
    (answered,) = await life.bodies("happy_call_answered")
    assert (answered["way"], answered["answers"]) == ("link", {"problem_gone": 0, "outcome_fair": 2})
    await withdraw(life)


async def test_a_link_that_expires_ends_as_unconfirmed(env: Environment) -> None:
    life, link = await with_a_link(env)
    await life.forward(timedelta(days=3))
    assert await life.ended() == "unconfirmed"
    (given_up,) = await life.bodies("follow_up_given_up")
    assert given_up["why"] == "unreachable"
    late = await env.worker.outside.post(link, content="problem_gone=1")
    assert late.status_code == 410
