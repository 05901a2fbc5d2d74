"""Gestures of a plan: steps that count once somebody reports them or a contact held them (R136).

They cost nothing and come last. A policy that gives no time for gestures takes the owner's word for them.
"""

from domain.budget import Budget
from domain.contact import WRITTEN
from domain.plan import Gesture, Plan
from domain.policy import Policy, RemedyKind
from domain.saga_steps import Agreed, Saga, Step, StepName, goes_forward, is_given_up, steps_of

STEP_OF: dict[Gesture, StepName] = {
    "apology_call": "apology_call",
    "apology_letter": "apology_letter",
    "manager_letter": "manager_apology",
    "recognition": "recognition",
    "explanation": "explanation",
    "follow_up": "follow_up",
}

SPOKEN_STEP: dict[RemedyKind, StepName] = {"apology": "apology_call", "explanation": "explanation"}
"""Remedies of words alone, which are made like the gesture of the same kind."""


def gesture_steps(plan: Plan) -> tuple[StepName, ...]:
    """Return the steps of a plan's gestures, each once, without those that a decision brings already."""
    spoken = (SPOKEN_STEP[each.remedy] for each in plan.decisions if each.remedy in SPOKEN_STEP)
    gestures = (STEP_OF[each] for each in plan.gestures)
    decided = steps_of(plan)
    return tuple(name for name in dict.fromkeys((*spoken, *gestures)) if name not in decided)


def is_gesture(name: str) -> bool:
    """Say whether a step is a gesture of a plan."""
    return name in STEP_OF.values()


def budget_of(policy: Policy, name: StepName) -> Budget:
    """Return how long somebody has to carry out a step by hand and report it."""
    return policy.gestures if is_gesture(name) and policy.gestures is not None else policy.by_hand


def made_in(saga: Saga, agreed: Agreed) -> tuple[Step, int] | None:
    """Return the gesture whose turn it is, with the contact that held it; None where none did yet.

    The contact in which the offer was told counts, and every later one; of an offer sent by notice every
    contact after the agreement.
    """
    step = _whose_turn(saga)
    if agreed.policy.gestures is None or step is None or is_given_up(saga):
        return None
    held = (number for number in _since(agreed) if _holds(step.name, agreed, number))
    contact = next(held, None)
    return None if contact is None else (step, contact)


def not_wanted(saga: Saga, agreed: Agreed) -> Step | None:
    """Return the gesture whose turn it is where the customer gave the remedy up after its pivot.

    Money and goods that are under way go on then; nobody is called who wants to hear no more.
    """
    step, proposal = _whose_turn(saga), agreed.proposal
    if saga.cancelled is None or is_given_up(saga) or step is None or proposal is None:
        return None
    return step if step.name in gesture_steps(proposal.plan) else None


def _whose_turn(saga: Saga) -> Step | None:
    step = next((step for step in saga.steps if step.state not in ("done", "skipped")), None)
    if step is None or step.state not in ("waiting", "begun") or not goes_forward(saga):
        return None
    return step


def _since(agreed: Agreed) -> range:
    """Return the numbers of the contacts that may have held a gesture of the plan."""
    proposal, talks = agreed.proposal, agreed.contacts.talks
    if proposal is not None and proposal.contact is not None:
        return range(proposal.contact, len(talks) + 1)
    since = proposal.agreed_at if proposal else None
    later = (n for n, talk in enumerate(talks, start=1) if since is not None and talk.happened > since)
    return range(next(later, len(talks) + 1), len(talks) + 1)


def _holds(name: StepName, agreed: Agreed, number: int) -> bool:
    talk = agreed.contacts.talk(number)
    if talk is None or not (talk.outbound and talk.answered):
        return False
    match name:
        case "apology_call":
            return talk.apology and talk.channel not in WRITTEN
        case "explanation":
            return talk.explanation
        case _:
            return False
