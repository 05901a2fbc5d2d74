"""No command may cause a notice that cannot be filled, or that says again what was said."""

from datetime import datetime
from functools import reduce

from domain.case_consequences import consequences
from domain.case_evolve import evolve
from domain.case_state import Case
from domain.case_todo import todo
from domain.effect import SendNotice
from domain.message import Event
from domain.notice import unfilled, worded
from domain.refusal import Refused


def check_notices(case: Case, events: tuple[Event, ...], at: datetime) -> None:
    """Let nobody cause a notice that cannot be filled, or that says again what was said before.

    Raises:
        Refused: naming the slot, or that the words were sent already.
    """
    if not events or not case.policy.slots:
        return
    known = {effect.key for effect in todo(case)}
    after = reduce(evolve, (*events, *consequences(reduce(evolve, events, case), at)), case)
    for effect in todo(after):
        if effect.key in known or not isinstance(effect.request, SendNotice) or effect.request.staff:
            continue
        slot = unfilled(case.policy, effect.request, after.result.outcome)
        if slot is not None:
            raise Refused(
                f"the {effect.request.template} would leave {slot} empty: {FILLED_BY.get(slot, SAY_IT)}",
                code="empty-slot",
            )
        if worded(case.id, effect.request) in case.worded:
            raise Refused("the same words went to this customer before; say what is new", code="same-words")


SAY_IT = "give it with the command"


FILLED_BY = {
    "product": "triage the case with its `product`",
    "happened": "triage the case with its `harm_lines`",
    "clauses": "name the clause of each decision, or give `clauses`",
    "remedies": "decide on each harm line first",
    "offer": "give `plan.words`",
    "guarantee": "this policy guarantees nothing here; change the wording",
}
"""What fills a slot of a notice."""
