import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path

import pytest
from pydantic import TypeAdapter

import policies
from domain.case import Case, CaseCommand, Open, after_time, decide, evolve, next_due, todo, unopened
from domain.effect import (
    AuthorityAnswer,
    CustomerSnapshot,
    LoadAnswer,
    NoticeSent,
    OrderLine,
    OrderSnapshot,
    ReadLoad,
    ReserveAuthority,
)
from domain.intake import Opening
from domain.message import EffectSucceeded
from domain.money import Money
from domain.refusal import Refused
from domain.view import view
from sandbox.diagnosis import diagnose
from sandbox.manners import NO_FAULTS, BadManners, CustomerManners, StaffManners, staff_manners
from sandbox.people import TRIES, Agenda, intentions
from sandbox.scene import Intention, Scene

MONDAY = datetime(2026, 3, 9, 1, tzinfo=UTC)
RETAIL = policies.load("retail-kr", year_from=2026)
EASY = CustomerManners(**dict.fromkeys(CustomerManners.model_fields, 0))
COMMANDS: TypeAdapter[CaseCommand] = TypeAdapter(CaseCommand)
ORDER = OrderSnapshot(
    known=True,
    order_id="ord-1",
    lines=(OrderLine(line_id="ord-1-1", product="cup", price=Money(minor=150_000, currency="KRW")),),
    delivered_on=MONDAY.date() - timedelta(days=10),
    warranty_months=12,
)


def opening(text: str = "컵이 깨져 왔어요. 환불해 주세요.", key: str = "k1", source: str = "web") -> Opening:
    return Opening(source=source, source_key=key, text=text, product="cup")


class Play:
    """A case and its people, without a server: what the outside would answer is said by hand."""

    def __init__(
        self,
        opening_: Opening,
        *,
        seed: int = 7,
        staff: StaffManners = NO_FAULTS,
        customer: CustomerManners = EASY,
    ) -> None:
        self.case = self._opened(opening_)
        self.at = MONDAY
        self.agenda = Agenda()
        self.acts: list[Intention] = []
        self.scene = Scene(
            seed=seed,
            opening=opening_,
            order=ORDER,
            policy=RETAIL,
            view=view(self.case, head="", unwritten=0),
            staff=staff,
            customer=customer,
        )

    def _opened(self, opening_: Opening) -> Case:
        case = unopened("CASE", RETAIL)
        start = Open(at=MONDAY, opening=opening_, source_key="k", key_digest="d")
        case = reduce(evolve, decide(case, start), case)
        known = CustomerSnapshot(known=True, customer_id="cust-1", preferred_channel="sms")
        told = NoticeSent(reference="nt-1", delivered=True, text="접수했습니다")
        for key, result in (("customer:1", known), ("order:1", ORDER), ("acknowledgement:1", told)):
            came = EffectSucceeded(at=MONDAY, key=key, result=result)
            case = reduce(evolve, decide(case, came), case)
        return case

    def until(self, holds: Callable[[Case], bool]) -> None:
        """Let people act, and time pass, until something is so."""
        for _ in range(100):
            if holds(self.case):
                return
            self.go_on()
        pytest.fail(f"after {[each.command for each in self.acts]}: {self.scene.view}")

    def go_on(self) -> None:
        """Let whatever comes next happen: somebody acts, or something falls due."""
        planned = self.agenda.next(self.scene, self.at)
        due = next_due(self.case)
        if planned is None or (due is not None and due < planned[0]):
            assert due is not None, "nobody means to do anything, and nothing falls due"
            self.at = max(self.at, due + timedelta(seconds=1))
        else:
            self.at = max(self.at, planned[0])
            self._act(planned[1])
        self.case = after_time(self.case, self.at)
        self._show()

    def _act(self, intention: Intention) -> None:
        self.acts.append(intention)
        self.case = after_time(self.case, self.at)
        fields = {**intention.fields, "kind": intention.command, "id": f"c{len(self.acts)}"}
        said = json.dumps({**fields, "by": intention.by.model_dump(mode="json")})
        command = COMMANDS.validate_json(said).model_copy(update={"at": self.at})
        self.scene = replace(self.scene, done=self.scene.done | {intention.topic})
        self.case = reduce(evolve, decide(self.case, command), self.case)
        self._count()

    def _count(self) -> None:
        """Let the ledger count what is reserved, for which extras wait, and what lies on desks."""
        for effect in todo(self.case):
            if isinstance(effect.request, ReadLoad):
                read = EffectSucceeded(at=self.at, key=effect.key, result=LoadAnswer(open_cases={}))
                self.case = reduce(evolve, decide(self.case, read), self.case)
            if isinstance(effect.request, ReserveAuthority):
                nothing = Money(minor=0, currency=RETAIL.currency)
                counted = AuthorityAnswer(state="reserved", person_used=nothing)
                came = EffectSucceeded(at=self.at, key=effect.key, result=counted)
                self.case = reduce(evolve, decide(self.case, came), self.case)

    def _show(self) -> None:
        self.scene = replace(self.scene, view=view(self.case, head="", unwritten=0))

    @property
    def commands(self) -> list[str]:
        """What people did, in order."""
        return [each.command for each in self.acts]


def agreed(case: Case) -> bool:
    return case.remedy.proposal is not None and case.remedy.proposal.state == "agreed"


def test_people_carry_a_complaint_to_an_agreed_remedy() -> None:
    play = Play(opening())
    play.until(agreed)
    wanted = ["triage", "accept_case", "log_contact", "propose_remedy", "approve_remedy", "accept_remedy"]
    assert list(dict.fromkeys(command for command in play.commands if command in wanted)) == wanted
    assert all(each.slip is None for each in play.acts)


def test_what_people_do_repeats_with_the_seed() -> None:
    plays = [
        Play(opening(), seed=seed, staff=StaffManners(), customer=CustomerManners()) for seed in (3, 3, 4)
    ]
    for play in plays:
        for _ in range(8):
            play.go_on()
    told = [[(each.key, each.command, each.by) for each in play.acts] for play in plays]
    assert told[0] == told[1]
    assert told[0] != told[2]


def test_who_forgets_is_overtaken_by_the_ladder() -> None:
    play = Play(opening(), staff=NO_FAULTS.model_copy(update={"always": ("accept_case",)}))
    play.until(lambda case: case.assignment.level > 0)
    assert "accept_case" not in play.commands


def test_a_promise_that_is_meant_to_be_broken_is_broken() -> None:
    play = Play(opening(), staff=NO_FAULTS.model_copy(update={"promise": 1, "break_promise": 1}))
    play.until(lambda case: any(promise.state == "broken" for promise in case.promises.made))


def test_a_promise_is_kept_by_those_who_keep_promises() -> None:
    play = Play(opening(), staff=NO_FAULTS.model_copy(update={"promise": 1}))
    play.until(lambda case: any(promise.state == "kept" for promise in case.promises.made))


def test_a_task_is_given_taken_and_done() -> None:
    play = Play(opening(), staff=NO_FAULTS.model_copy(update={"task": 1}))
    play.until(lambda case: any(task.state == "done" for task in case.tasks.given))
    order = [each for each in play.commands if "task" in each]
    assert order == ["give_task", "accept_task", "finish_task"]


def test_a_task_may_be_refused_or_forgotten_until_it_is_late() -> None:
    play = Play(opening(), staff=NO_FAULTS.model_copy(update={"task": 1, "refuse_task": 1}))
    play.until(lambda case: any(task.state == "refused" for task in case.tasks.given))
    late = Play(opening(), staff=NO_FAULTS.model_copy(update={"task": 1, "always": ("finish_task",)}))
    late.until(lambda case: any(task.missed for task in case.tasks.given))
    assert late.case.assignment.level >= 1


def test_what_the_rules_read_surely_is_confirmed_by_a_person() -> None:
    play = Play(opening("배송이 늦어 아직도 안 왔습니다. 환불해 주세요."))
    assert play.case.triage.by_rules
    play.until(lambda case: not case.triage.by_rules)
    assert play.commands == ["triage"]


def test_a_customer_who_asks_for_a_supervisor_meets_one() -> None:
    play = Play(opening(), customer=EASY.model_copy(update={"ask_supervisor": 1, "silent": 1}))
    play.until(lambda case: case.supervisor.open)
    play.until(lambda case: not case.supervisor.open)
    assert "record_meeting" in play.commands


def test_a_customer_who_declines_gets_another_offer_and_at_last_a_final_position() -> None:
    play = Play(opening(), customer=EASY.model_copy(update={"decline": 1}))
    play.until(lambda case: case.result.registered_at is not None or agreed(case))
    assert play.commands.count("decline_remedy") >= 1
    assert play.commands.count("propose_remedy") > 1


def test_a_customer_of_a_mature_product_who_declines_is_spoken_to() -> None:
    play = Play(opening(), customer=EASY.model_copy(update={"decline": 1}))
    assert play.case.intake is not None
    mature = replace(play.case.intake, order=ORDER.model_copy(update={"life_cycle": "maturity"}))
    play.case = replace(play.case, intake=mature)
    play.until(lambda case: case.retention.open)
    play.until(lambda case: case.retention.taken == 1)
    assert play.commands.count("take_retention_step") == 1


def test_nobody_approves_the_own_proposal_and_who_tries_is_refused() -> None:
    play = Play(opening(), staff=NO_FAULTS.model_copy(update={"overreach": 1}))
    with pytest.raises(Refused):
        play.until(agreed)
    assert play.acts[-1].slip == "tries to approve the own proposal"


def test_a_customer_who_withdraws_ends_the_case() -> None:
    play = Play(opening(), customer=EASY.model_copy(update={"withdraw": 1, "silent": 1}))
    play.until(lambda case: case.ending.end == "withdrawn")
    assert intentions(play.scene) == ()


def test_staff_wait_for_opening_hours() -> None:
    play = Play(opening())
    saturday = MONDAY + timedelta(days=5)
    planned = play.agenda.next(play.scene, saturday)
    assert planned is not None
    assert planned[0] >= MONDAY + timedelta(days=6, hours=23)


def test_whoever_was_refused_tries_again_a_few_times_before_a_case_lies_still() -> None:
    play = Play(opening())
    first = play.agenda.next(play.scene, MONDAY)
    assert first is not None
    still = play.scene
    while wanted := intentions(still):
        still = replace(still, done=still.done | {each.topic for each in wanted})
    assert play.agenda.next(still, MONDAY) is None
    for _ in range(TRIES):
        play.agenda.refused(first[1])
        again = play.agenda.next(still, MONDAY)
        assert again is not None
        assert again[1] == first[1]
    play.agenda.refused(first[1])
    assert play.agenda.next(still, MONDAY) is None


@pytest.mark.parametrize(
    ("text", "kind", "cause"),
    [
        ("전원이 안 켜져요. 고장 났어요.", "complaint", "defect"),
        ("다른 색이 왔습니다.", "complaint", "wrong_item"),
        ("아직도 안 왔어요.", "complaint", "late_delivery"),
        ("기사님 칭찬해 주세요. 고맙습니다.", "compliment", "service"),
        ("세탁 방법이 궁금합니다.", "inquiry", "other"),
        ("봉투가 있으면 좋겠어요.", "suggestion", "other"),
    ],
)
def test_staff_read_what_the_customer_says(text: str, kind: str, cause: str) -> None:
    found = diagnose(Play(opening(text)).scene)
    assert (found.voc_type, found.cause) == (kind, cause)


def test_manners_are_named_or_read_from_a_file_and_a_misspelt_one_is_refused(tmp_path: Path) -> None:
    assert staff_manners("none") == NO_FAULTS
    plan = tmp_path / "plan.yaml"
    plan.write_text("forget: 0.9\n", encoding="utf-8")
    assert staff_manners(str(plan)).forget == 0.9
    plan.write_text("forgett: 0.9\nreject: 2\n", encoding="utf-8")
    with pytest.raises(BadManners, match=r"forgett.*reject|reject.*forgett"):
        staff_manners(str(plan))
    with pytest.raises(BadManners, match="careless"):
        staff_manners(str(tmp_path / "nothing"))
