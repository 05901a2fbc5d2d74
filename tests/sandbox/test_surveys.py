import re
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.service import World

OPEN = {
    "survey": "happy_call",
    "language": "ko",
    "questions": {"problem_gone": "문제가 <이제> 사라졌습니까", "recommend": "권하시겠습니까"},
    "order": ["recommend", "problem_gone"],
    "expires_at": "2026-03-05T12:00:00+09:00",
}
KEY = "survey-key-1"


async def opened(do: Any, **changes: Any) -> dict[str, str]:
    answer = await do("surveys/open_survey", KEY, **(OPEN | changes))
    assert answer.status_code == 200
    found: dict[str, str] = answer.json()
    return found


async def fetched(do: Any, reference: str, **about: Any) -> Any:
    return (await do("surveys/fetch_answer", reference=reference, **about)).json()


async def test_the_same_key_opens_the_same_link_and_its_name_does_not_give_it_away(do: Any) -> None:
    first, again = await opened(do), await opened(do)
    assert first == again
    assert first["path"].partition("/answers/")[2] not in first["reference"]


async def test_the_page_asks_in_the_order_given_with_each_scale(do: Any, client: Any) -> None:
    page = (await client.get((await opened(do))["path"])).text
    assert page.index("권하시겠습니까 (0-10)") < page.index("&lt;이제&gt; 사라졌습니까 (0-1)")
    english = await opened(do, language="ko")
    assert 'lang="ko"' in (await client.get(english["path"])).text


async def test_a_form_asks_each_item_for_a_good_firm_and_for_ours(do: Any, client: Any) -> None:
    form = {"survey": "servqual", "language": "en", "order": ["r1"], "questions": {"r1": "keeps promises"}}
    page = (await client.get((await opened(do, **form))["path"])).text
    assert re.findall(r"keeps promises \[(.*?)\] \(1-7\)", page) == ["a good firm", "our firm"]


async def test_an_answer_is_taken_once_and_only_what_was_asked(do: Any, client: Any) -> None:
    link = await opened(do)
    assert (await fetched(do, link["reference"]))["state"] == "open"
    said = "problem_gone=1&recommend=&outcome_fair=7&verbatim=thanks&at=2026-03-03T09:00:00%2B09:00"
    assert (await client.post(link["path"], content=said)).status_code == 200
    answer = await fetched(do, link["reference"])
    assert (answer["state"], answer["answers"], answer["verbatim"]) == (
        "answered",
        {"problem_gone": 1},
        "thanks",
    )
    for again in (await client.post(link["path"], content="problem_gone=0"), await client.get(link["path"])):
        assert again.status_code == 410
    assert await fetched(do, link["reference"]) == answer


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("problem_gone=1&at=2026-03-05T12:00:01%2B09:00", 410),
        ("problem_gone=yes", 422),
        ("problem_gone=1&at=2026-03-03T09:00:00", 422),
    ],
)
async def test_what_is_late_or_unreadable_is_not_taken(do: Any, client: Any, said: str, status: int) -> None:
    link = await opened(do)
    assert (await client.post(link["path"], content=said)).status_code == status
    assert (await fetched(do, link["reference"]))["state"] == "open"


async def test_a_customer_may_decline_on_the_page(do: Any, client: Any) -> None:
    link = await opened(do)
    await client.post(link["path"], content="declined=1")
    assert (await fetched(do, link["reference"]))["state"] == "declined"


async def test_a_link_that_nobody_opened_leads_nowhere(do: Any, client: Any) -> None:
    assert (await client.get("/answers/nothing")).status_code == 404
    assert (await client.post("/answers/nothing", content="")).status_code == 404
    await opened(do)
    other = await do("surveys/fetch_answer", reference="sv-other")
    assert other.status_code == 409


async def test_played_customers_answer_links_some_hours_later_or_never(
    do: Any, world: World, stage: Any
) -> None:
    stage.app = create_app(World(books=world.books, seed=7))
    states = []
    for case in range(60):
        about = {"case_id": f"case-{case}"}
        link = (await do("surveys/open_survey", f"survey-{case:04}", **OPEN, **about)).json()
        early = await fetched(do, link["reference"], at="2026-03-02T12:00:01+09:00", **about)
        late = await fetched(do, link["reference"], at="2026-03-05T12:00:00+09:00", **about)
        assert early["state"] == "open"
        assert late == await fetched(do, link["reference"], at="2026-03-06T12:00:00+09:00", **about)
        states.append((late["state"], late["answers"].get("problem_gone")))
    assert {*states} == {("open", None), ("answered", 1), ("answered", 0)}


async def test_who_is_away_never_answers_a_call_and_calls_are_known_by_their_reference(do: Any) -> None:
    asked = {"caller": "hana", "language": "en", "attempt": 1, "questions": ["problem_gone"]}
    away = await do("calls/place_call", "call-away-1", contact={"customer_id": "mira-away"}, **asked)
    assert away.json()["outcome"] == "no_answer"
    home = (await do("calls/place_call", "call-home-1", contact={"customer_id": "mira"}, **asked)).json()
    assert (await do("calls/fetch_call", reference=home["reference"])).json() == home
    other = await do("calls/fetch_call", reference=home["reference"], case_id="case-2")
    assert other.status_code == 409
