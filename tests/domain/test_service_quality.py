from datetime import timedelta

from domain.allocation import SkillMismatched
from domain.effect import CallMade
from domain.fairness_history import numbered
from domain.promise import KeepPromise, MakePromise, MovePromise
from domain.service_quality import Kept, ServiceQuality, service_quality
from domain.servqual import expected, perceived
from tests.domain.follow_ups import FORM as RULES
from tests.domain.follow_ups import answered, asking
from tests.domain.lives import (
    AGENT,
    GOOD_CALL,
    IN_RECOVERY,
    MONDAY,
    OWNED,
    OWNER,
    SATISFIED,
    SUPERVISOR,
    Life,
    contact,
    given,
    ok,
    say,
    wait,
)
from tests.domain.test_written_form import SENT

HOUR = timedelta(hours=1)


def judged(life: Life) -> ServiceQuality:
    """Return the dimensions as they stand."""
    return service_quality(numbered(life.events), life.case.policy, life.now)  # type: ignore[arg-type]


def test_each_gap_stands_beside_its_measure() -> None:
    form = {expected("r1"): 7, perceived("r1"): 4, expected("s1"): 1, perceived("s1"): 3}
    life = given(*SATISFIED, wait(days=1, hours=1), policy=asking(form=RULES)).told(
        ok("servqual-link", SENT), wait(days=3, hours=1), ok("servqual-answer", answered(form))
    )
    seen = judged(life)
    assert (seen.answered, seen.reliability.gap, seen.responsiveness.gap) == (True, -3, -2)
    assert (seen.tangibles, seen.assurance.gap, seen.empathy.gap) == (None, None, None)


def test_without_a_form_the_measures_stand_alone() -> None:
    seen = judged(given(*SATISFIED))
    assert (seen.answered, seen.reliability.gap) == (False, None)
    assert seen.responsiveness.first_answer == timedelta()


def test_reliability_is_promises_kept_of_those_whose_time_has_come() -> None:
    promised = say(MakePromise, AGENT, what="call", due=MONDAY + 3 * HOUR)
    life = given(*IN_RECOVERY, promised, promised.model_copy(update={"id": "p2", "matter": "visit"}))
    life = life.told(say(MakePromise, AGENT, what="write", matter="letter", due=MONDAY + 9 * HOUR))
    life = life.told(
        say(MovePromise, AGENT, number=3, due=MONDAY + 10 * HOUR, told="call 2"),
        say(KeepPromise, AGENT, number=1, proof="call 1", contact=1),
        wait(hours=4),
    )
    kept = judged(life).reliability.promises
    assert (kept, kept.per_cent) == (Kept(kept=1, broken=1, moved=1), 50)
    assert judged(given(*IN_RECOVERY)).reliability.promises.per_cent is None


def test_responsiveness_is_the_first_answer_and_the_longest_silence() -> None:
    life = given(*OWNED, wait(hours=2), contact(), wait(hours=1), contact(), wait(hours=3), contact())
    seen = judged(life).responsiveness
    assert (seen.first_answer, seen.longest_silence) == (2 * HOUR, 3 * HOUR)
    assert judged(given(*IN_RECOVERY)).responsiveness.longest_silence is None


def test_assurance_counts_owners_of_the_department() -> None:
    assert (judged(given(*OWNED)).assurance.owners, judged(given(*OWNED)).assurance.matched) == (1, 1)
    elsewhere = given(*OWNED).case.policy
    moved = tuple(
        each.model_copy(update={"department": "works"}) if each.id == "ann" else each
        for each in elsewhere.people
    )
    life = given(*OWNED, policy=elsewhere.model_copy(update={"people": moved}))
    assert judged(life).assurance.matched == 0


def test_assurance_counts_owners_without_the_skill_that_their_case_asks_for() -> None:
    assert judged(given(*OWNED)).assurance.skilled == 1
    lacking = SkillMismatched(owner="ann", lacks=("ovens",), at=MONDAY)
    seen = judged(given(*OWNED, lacking)).assurance
    assert (seen.owners, seen.matched, seen.skilled) == (1, 1, 0)


def test_empathy_counts_what_the_rules_found() -> None:
    cold = CallMade(reference="c1", outcome="answered", answers={"courtesy": 7, "empathy": 1})
    assert GOOD_CALL.outcome == "answered"
    life = given(*SATISFIED[:-1], ok("happy-call", cold))
    # The small policy's result is told in words that fit any case, which is the other half of I1.
    assert judged(life).empathy.cold - judged(given(*SATISFIED)).empathy.cold == 1
    hostile = contact(OWNER, emotion="high", tone="hostile")
    assert judged(given(*IN_RECOVERY, hostile)).empathy.hostile == 1
    assert judged(given(*IN_RECOVERY, contact(SUPERVISOR))).empathy.record_ignored == 0
