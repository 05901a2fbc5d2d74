"""Authority on the real server: with the ledger away a second person decides, and nothing is lost."""

from datetime import timedelta

from domain.remedy import ApproveRemedy, DeclineRemedy, ProposeRemedy
from domain.spoken import EVERYTHING
from ledger.authority import AuthorityStore
from ledger.pool import open_pool
from tests.workflows.environment import Environment
from tests.workflows.life import open_case
from tests.workflows.lives import HEAD, OWNER, customer, is_weighed, recover_until_proposed, refund, withdraw

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


async def test_with_the_ledger_away_a_second_person_decides_and_later_it_is_told(env: Environment) -> None:
    life = await open_case(env)
    async with await open_pool(NOWHERE) as pool:
        away = AuthorityStore(pool, patience=timedelta(milliseconds=50))
        async with env.with_worker(authority=away):
            await recover_until_proposed(life, refund(5_000))
            await life.forward(timedelta(minutes=2))
            view = await life.until(is_weighed)
            assert view.proposal is not None
            assert (view.proposal.state, view.proposal.over) == ("waiting_approval", ("unknown",))
            await life.command(ApproveRemedy, HEAD, proposal=view.proposal.hash)
            assert "authority-count:1" in (await life.view()).waiting
    await life.forward(timedelta(minutes=2))
    await life.until(lambda view: "authority-count:1" not in view.waiting)
    assert (await life.kinds()).count("authority_counted") == 1
    await withdraw(life)


async def test_a_declined_offer_frees_what_it_had_reserved(env: Environment) -> None:
    life = await open_case(env)
    await recover_until_proposed(life, refund(5_000))
    view = await life.until(is_weighed)
    assert view.proposal is not None
    assert view.proposal.state == "offered"
    await life.command(
        DeclineRemedy, customer(life), proposal=view.proposal.hash, reason="not enough", contact=None
    )
    await life.until(lambda view: not view.waiting)
    await life.command(ProposeRemedy, OWNER, plan=refund(6_000), contact=1, said=EVERYTHING)
    await life.until(lambda view: view.proposal is not None and view.proposal.state == "offered")
    kinds = await life.kinds()
    assert (kinds.count("authority_reserved"), kinds.count("authority_released")) == (2, 1)
    await withdraw(life)
