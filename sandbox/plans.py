"""Which remedy staff propose: first what fits, then something better or easier, at last plain words."""

from typing import Literal

from domain.effect import OrderSnapshot
from domain.money import Money
from domain.plan import Extra, Gesture, LineDecision, Plan
from domain.policy import Ground, RemedyKind
from domain.spoken import EVERYTHING
from sandbox.diagnosis import GOODS, diagnose, harm_lines
from sandbox.scene import Scene

Why = Literal["first", "better", "easier", "words"]
CORRECTED = ("wrong_record", "debt_not_owed", "late_payment_posting")
BACK = 0.7
"""Share of goods that have to come back."""

LAST = 2
"""After this many proposals of a round that came to nothing, words are all that is left."""


def why_next(state: str | None, made: int) -> Why:
    """Return what the next proposal has to be, after `made` of them in this round."""
    if state is None:
        return "first"
    if made > LAST or (made == LAST and state not in ("declined", "expired")):
        return "words"
    return "better" if state in ("declined", "expired") else "easier"


def told_in(scene: Scene) -> dict[str, object]:
    """Return where the customer heard of an offer, and that nothing was left out there."""
    return {"contact": scene.view.contacts, "said": EVERYTHING}


def refuses_all(scene: Scene) -> bool:
    """Say whether staff begin this round with refusing everything."""
    return scene.view.round == 1 and scene.likely(scene.staff.refuse_all, "refuse all")


def plan_for(scene: Scene, why: Why) -> Plan:
    """Return the plan that staff propose."""
    first, *rest = harm_lines(scene) or ("trouble",)
    if why == "first" and refuses_all(scene):
        return _plan(scene, tuple(_refusal(scene, line) for line in (first, *rest)))
    main = _words_only(scene, first) if why == "words" else _main(scene, first, why)
    goods = main.remedy in ("refund", "exchange")
    return _plan(
        scene,
        (main, *(_minor(scene, line, why, main) for line in rest), *_shipping(scene, main, rest)),
        collect=goods and why == "first" and scene.likely(BACK, "collect"),
        goods=goods,
        better=scene.settled(f"propose:{scene.view.round}:") if why == "better" else 0,
    )


def _plan(
    scene: Scene,
    decisions: tuple[LineDecision, ...],
    *,
    collect: bool = False,
    goods: bool = False,
    better: int = 0,
) -> Plan:
    order = _order(scene)
    return Plan(
        decisions=decisions,
        gestures=_gestures(scene),
        collect=collect,
        extras=_extras(scene, better) if order else (),
        order_lines=(order.lines[0].line_id,) if order and goods else (),
        words=scene.say("저희가 바로잡겠습니다.", "This is how we put it right."),
    )


def _gestures(scene: Scene) -> tuple[Gesture, ...]:
    """Each round adds a gesture: what did not win the customer back is not enough."""
    if scene.view.round == 1:
        return ("manager_letter",) if scene.view.earlier_failure is not None else ("apology_call",)
    more: tuple[Gesture, ...] = ("manager_letter", "follow_up", "explanation")
    return more[: scene.view.round]


def _extras(scene: Scene, better: int) -> tuple[Extra, ...]:
    """After a declined offer give something on top, each time a little more."""
    if not better or not scene.policy.extra_limits or "goodwill_credit" not in scene.policy.remedies:
        return ()
    some = 5_000 if scene.policy.currency == "KRW" else 2_500
    amount = Money(minor=some * better, currency=scene.policy.currency)
    return (Extra(amount=amount, reason=scene.say("한 번 더 번거롭게 해 드려서", "for asking you twice")),)


def _order(scene: Scene) -> OrderSnapshot | None:
    return scene.order if scene.order and scene.order.known and scene.order.lines else None


def _main(scene: Scene, line: str, why: Why) -> LineDecision:
    found, kinds, order = diagnose(scene), scene.policy.remedies, _order(scene)
    if found.cause in CORRECTED and "correction" in kinds:
        return LineDecision(harm_line=line, remedy="correction", ground="guarantee", clause=promise(scene))
    if found.cause == "card_not_received" and "reissued_card" in kinds:
        return LineDecision(harm_line=line, remedy="reissued_card", ground="guarantee", clause=promise(scene))
    if order is None:
        return _words_only(scene, line)
    if scene.view.row.refunds and len(order.lines) == 1:  # nothing is left that could be paid back
        return _words_only(scene, line)
    if scene.view.round > 1 or line not in _refundable(scene):
        return _credit(scene, line, order)
    if "fee_refund" in kinds:
        return _pays(line, "fee_refund", "guarantee", order.lines[0].price)
    if found.cause == "late_delivery" and why == "first":
        return _credit(scene, line, order)
    ground: Ground = "defect" if found.cause in GOODS else "withdrawal"
    if found.wants == "exchange" and why != "better" and "exchange" in kinds:
        return LineDecision(harm_line=line, remedy="exchange", ground=ground, clause=promise(scene))
    return _pays(line, "refund", ground, order.lines[0].price)


def _refundable(scene: Scene) -> tuple[str, ...]:
    """Return the harms for which the whole price may go back; time is one only without rules for amounts."""
    return ("price",) if scene.policy.offer_table else ("price", "time")


def _pays(line: str, remedy: RemedyKind, ground: Ground, amount: Money) -> LineDecision:
    return LineDecision(harm_line=line, remedy=remedy, ground=ground, amount=amount)


def _credit(scene: Scene, line: str, order: OrderSnapshot) -> LineDecision:
    """Give something for the trouble: what is usual, or of a price a few percent, with the reason."""
    if "goodwill_credit" not in scene.policy.remedies:
        return _words_only(scene, line)
    if line in ("time", "trouble") and scene.policy.offer_table:
        return LineDecision(harm_line=line, remedy="goodwill_credit", ground="goodwill")
    price = order.lines[0].price
    share = scene.between(5, 20, "credit", line)
    # Whole thousands of won, whole dollars: nobody gives 4,137 won as a sign of good will.
    step = 1000 if price.currency == "KRW" else 100
    minor = max(step, price.minor * share // 100 // step * step)
    amount = Money(minor=minor, currency=price.currency)
    reason = scene.say("쓰시던 물건은 그대로 두시도록", "so that you keep the goods")
    return _pays(line, "goodwill_credit", "goodwill", amount).model_copy(update={"reason": reason})


def _minor(scene: Scene, line: str, why: Why, main: LineDecision) -> LineDecision:
    """Give something for a second harm, where the first was not paid back in full already."""
    order = _order(scene)
    paid = main.remedy in ("refund", "fee_refund")
    if order is None or paid or why in ("easier", "words") or not scene.likely(0.5, "minor", line):
        return _words_only(scene, line)
    return _credit(scene, line, order)


def _shipping(scene: Scene, main: LineDecision, rest: list[str]) -> tuple[LineDecision, ...]:
    """Give back what the customer paid for shipping, where that is the firm's to bear."""
    order, firm = _order(scene), diagnose(scene).cause in scene.policy.firm_pays_causes
    paid = order.shipping_paid if order is not None else None
    owed = firm and main.remedy == "refund" and bool(scene.policy.offer_table) and "shipping" not in rest
    if not owed or paid is None or not paid.minor:
        return ()
    return (LineDecision(harm_line="shipping", remedy="refund", ground="defect"),)


def _words_only(scene: Scene, line: str) -> LineDecision:
    """Apologise, or explain: needs no yes and pays nothing."""
    remedy: RemedyKind = "apology" if "apology" in scene.policy.remedies else "explanation"
    return LineDecision(harm_line=line, remedy=remedy, ground="goodwill", clause=promise(scene))


def promise(scene: Scene) -> str:
    """Return the clause of the firm's own promise to put things right, which any remedy can rest on."""
    own = [clause.id for clause in scene.policy.clauses if clause.kind == "own"]
    return next((id_ for id_ in own if id_.endswith("resolve")), scene.policy.clauses[0].id)


def _refusal(scene: Scene, line: str) -> LineDecision:
    own = [clause.id for clause in scene.policy.clauses if clause.kind == "own"]
    return LineDecision(
        harm_line=line,
        remedy="refusal",
        clause=own[-1] if own else scene.policy.clauses[0].id,
        reason=scene.say("약관에 따라 어렵습니다", "our terms do not cover it"),
    )
