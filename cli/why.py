"""Says in words what falls due and why, from the case as the ledger tells it."""

from dataclasses import dataclass
from datetime import datetime

from domain.case import Case, around
from domain.clocks import Clock, running
from domain.explain import explain
from domain.heat import rules_of
from domain.ladder import Rung
from domain.row import Due


@dataclass(frozen=True, slots=True)
class DueWhy:
    """Something that falls due.

    Attributes:
        name: the deadline's own name.
        what: what happens then, in words.
        why: where it comes from: the promise, the clause and how the time was counted.
    """

    name: str
    due: datetime
    what: str
    why: str


PLAIN = {
    "contact/pause": ("a pause ends", "pauses have a longest time (policy: pause_reasons)"),
    "heat/cooling-off": (
        "the cooling-off ends, and the customer may be called back",
        "a contact found the customer upset (policy: handling.heated)",
    ),
    "promise/kept": ("a promise is due", "somebody promised it to the customer"),
    "task/due": ("a department's task is done", "the owner needs it (policy: handling.task)"),
    "news/words": ("words to staff go out", "they wait for working hours"),
    "allocation/absence": ("the owner is away", "the directory announces it (policy: people)"),
    "supervisor/meeting": ("a supervisor has met the customer", "the customer asked for a supervisor"),
    "remedy/approval": ("the proposal is approved or rejected", "it is above its proposer's authority"),
    "remedy/approval-expires": (
        "the proposal can no longer be approved",
        "an approval is about what was known then",
    ),
    "remedy/offer": ("the offer is answered, reminded of or lapses", "an offer stands for a limited time"),
    "happy_call/attempt": ("the customer is called", "the follow-up asks whether it was put right"),
    "happy_call/look": ("the answer link is looked at", "nobody answered a call, so a link was sent"),
    "written_form/send": ("the written form goes out", "the customer said that it was put right"),
    "written_form/look": ("the written form is fetched", "its link closes then"),
    "after_care/reassure": ("the customer is reassured", "what was changed is told after a remedy"),
    "retention/step": ("somebody speaks to the customer", "this customer may leave"),
    "ending/reopen-window": ("the case closes as recovered", "the customer can reopen it until then"),
    "ending/appeal-window": ("the final position stands", "the customer can appeal until then"),
    "saga": (
        "a step of the remedy is looked at or tried again",
        "the outside world has not confirmed it yet",
    ),
}


def whys(dues: tuple[Due, ...], case: Case | None) -> tuple[DueWhy, ...]:
    """Return what falls due with its reasons; without the ledger's case only what the name tells."""
    return tuple(_why(due, case) for due in dues)


def _why(due: Due, case: Case | None) -> DueWhy:
    name, _, number = due.name.partition(":")
    if name.startswith("targets/"):
        return _target(due, name.removeprefix("targets/"), number, case)
    what, why = PLAIN.get(name) or PLAIN.get(name.partition("/")[0]) or (name, "-")
    if name == "promise/kept" and case is not None:
        why = next(
            (_promised(each.by, each.number) for each in case.promises.made if str(each.number) == number),
            why,
        )
    if name == "heat/cooling-off" and case is not None:
        why = _cooling(case)
    return DueWhy(due.name, due.due, what, why)


def _cooling(case: Case) -> str:
    rules, since = rules_of(case.policy), case.heat.since
    counted = explain(rules.cooling_off, case.policy.calendar, since).en if rules and since else ""
    return f"contact {case.heat.contact} found the customer upset (policy: handling.heated) {counted}".strip()


def _promised(by: str, number: int) -> str:
    return f"{by} promised it to the customer (promise {number})"


def _target(due: Due, target: str, number: str, case: Case | None) -> DueWhy:
    generation, _, rung = number.partition(":")
    found = _running(case, target, generation)
    if case is None or found is None:
        return DueWhy(due.name, due.due, target, "a service target of the policy")
    clause = next(each for each in case.policy.clauses if each.id == found.clause)
    counted = explain(found.budget, found.calendar, found.start, found.pauses)
    what = _rung_words(target, found.ladder[int(rung)])
    return DueWhy(due.name, due.due, what, f"{clause.plain['en']} [{clause.id}] {counted.en}")


def _running(case: Case | None, target: str, generation: str) -> Clock | None:
    found = running(around(case)) if case is not None else ()
    return next((each for each in found if each.name == target and each.generation == generation), None)


def _rung_words(target: str, rung: Rung) -> str:
    if isinstance(rung.at, float):
        place = f"{rung.at:.0%} of the time for {target} is used"
    elif rung.at == "breach":
        place = f"{target} is missed"
    else:
        place = f"{target} is overdue"
    return f"{place}: {', '.join(rung.actions)}" if rung.actions else place
