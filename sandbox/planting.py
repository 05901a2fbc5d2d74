"""Which fault a case draws, and what its people do otherwise because of it: at most one fault in a case.

Whoever stands in a case with a fault carries everything else along as they should, and the customer neither
withdraws nor changes their mind, so that the fault gets its chance.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from domain.intake import Opening
from domain.post import BOARD
from sandbox.chance import draw
from sandbox.diagnosis import GOODS, diagnose
from sandbox.manners import CustomerManners, StaffManners
from sandbox.misdeeds import (
    asks_what_it_means,
    between_two,
    heated,
    in_the_queue,
    taken_down,
    told_again,
    tries,
)
from sandbox.omissions import (
    ELEVEN_DAYS,
    TEN_DAYS,
    changed,
    charged,
    forgotten,
    handed_around,
    ignored,
    late,
    never_sorry,
    no_gesture,
    silent,
)
from sandbox.scene import Intention, Scene
from sandbox.staff_faults import StaffFault

TOO_OFTEN = 4
"""Tries that the channel rejects before it takes the claim."""


def luck_of(seed: int, opening: Opening) -> float:
    """Draw for a case, before it is opened."""
    return draw(seed, "fault", opening.source, opening.source_key or opening.text)


def at_the_door(opening: Opening, manners: StaffManners, luck: float) -> Opening:
    """Return what comes in: a channel that turns people away says how often it did."""
    if luck >= manners.plant.get("turned_away", 0):
        return opening
    return opening.model_copy(update={"rejected_tries": TOO_OFTEN})


def drawn(scene: Scene, luck: float) -> StaffFault | None:
    """Return the fault of a case; None where luck leaves it alone."""
    return chosen(scene.staff.plant, luck, _fitting(scene))


def chosen(
    shares: Mapping[StaffFault, float], luck: float, fitting: Collection[StaffFault]
) -> StaffFault | None:
    """Return the first fault, of those that fit, at which the shares add up to more than the luck."""
    reached = 0.0
    for fault, share in shares.items():
        if fault in fitting or fault == "turned_away":
            reached += share
            if luck < reached:
                return fault
    return None


STAYS = ("withdraw", "cancel", "silent", "claim", "late", "chase", "ask_supervisor", "decline")


def easy(customer: CustomerManners) -> CustomerManners:
    """Return a customer who stays, so that what is planted gets its chance."""
    return customer.model_copy(update=dict.fromkeys(STAYS, 0))


def _fitting(scene: Scene) -> tuple[StaffFault, ...]:
    found = diagnose(scene)
    if found.voc_type == "suggestion":
        return ("late_answer",)
    if found.voc_type != "complaint":
        return ()
    fitting: list[StaffFault] = [
        *("story_again", "kept_waiting", "let_lie", "no_word", "empty_words"),
        *("unexplained_rule", "request_ignored", "anger", "hung_up", "cold_courtesy", "solicited"),
        *("tries_jargon", "tries_blame", "tries_closing", "tries_forgetting"),
    ]
    if scene.opening.source == BOARD:
        fitting.append("post_taken_down")
    if found.cause in GOODS and scene.order is not None and scene.order.warranty_months:
        fitting.append("tries_warranty")
    firm = found.cause in scene.policy.firm_pays_causes
    if found.cause in (*GOODS, "late_delivery"):
        fitting.append("handed_around")
    fitting += ["tries_fee"] if firm else ["own_fault_later"]
    if not firm and found.harms[:1] == ("price",):
        fitting.append("dear_fee")
    if found.cause not in GOODS:  # for a defect the engine asks for a gesture itself
        fitting.append("no_gesture")
    if found.harms == ("price",):  # for anything else the engine's own letters say sorry
        fitting.append("never_sorry")
    return tuple(fitting)


def spoiled(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    """Yield what people mean to do in a case with a fault."""
    match scene.fault:
        case None | "turned_away":
            yield from wanted
        case "story_again":
            yield from (*wanted, *told_again(scene))
        case "kept_waiting":
            yield from (*wanted, *in_the_queue(scene))
        case "anger" | "hung_up":
            yield from (*wanted, *heated(scene))
        case "post_taken_down":
            yield from (*wanted, *taken_down(scene))
        case "unexplained_rule":
            yield from (*wanted, *asks_what_it_means(scene))
        case "cold_courtesy" | "solicited":
            yield from (*wanted, *between_two(scene))
        case "handed_around":
            yield from handed_around(scene, wanted)
        case "tries_forgetting":
            yield from forgotten(scene, wanted)
        case "let_lie":
            yield from late(wanted, "propose:1:0", TEN_DAYS, scene)
        case "late_answer":
            yield from late(wanted, "answer", ELEVEN_DAYS, scene)
        case "no_word":
            yield from silent(scene, wanted)
        case "request_ignored":
            yield from ignored(scene, wanted)
        case "no_gesture":
            yield from no_gesture(scene, wanted)
        case "never_sorry":
            yield from never_sorry(scene, wanted)
        case "dear_fee" | "own_fault_later":
            yield from charged(scene, wanted)
        case "empty_words":
            words = scene.say("검토를 마쳤습니다.", "We have completed our review.")
            yield from changed(wanted, "result:1", scene, summary=words)
        case _:
            yield from (*wanted, *tries(scene))
