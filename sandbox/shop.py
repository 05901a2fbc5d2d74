"""The shop (port orders): orders that it derives from the seed, so that every complaint has one."""

from datetime import date, datetime, timedelta
from typing import Literal

from domain.effect import FetchOrder, OrderLine, OrderSnapshot
from domain.money import Money
from domain.refusal import Refused
from sandbox.chance import between, draw, mark, pick
from sandbox.service import Call, Operation, Operations, World

ACCOUNT = "acct-"
"""How the ids of financial accounts begin; their one line is the fee that was charged."""

NO_ORDER = "none-"
"""An order id that begins so is unknown to the shop."""

PARTLY = "part-"
"""Of such an order only the first line comes back; it has at least two."""

FINANCE_SOURCES = ("cfpb",)
FINANCE_WORDS = (
    "bank",
    "checking",
    "credit card",
    "credit repair",
    "credit report",
    "currency",
    "debt",
    "financial",
    "insurance",
    "loan",
    "money",
    "mortgage",
    "payday",
    "prepaid card",
    "savings",
    "계좌",
    "대출",
    "보험",
    "신용카드",
    "은행",
)
GOODS = ("냉장고", "세탁기", "Headphones", "Rice cooker", "무선 청소기", "Running shoes", "노트북", "Kettle")
LIFE_CYCLE: tuple[Literal["introduction", "growth", "maturity", "decline"], ...] = (
    "introduction",
    "growth",
    "maturity",
    "decline",
)
FREE_SHIPPING_SHARE = 0.4


def fetch_order(world: World, call: Call[FetchOrder]) -> OrderSnapshot:
    """Tell what was bought; an order nobody has heard of yet comes into being."""
    asked = call.request
    order_id = asked.order_id or _order_id(world.seed, asked)
    return known_order(world, order_id, at=call.at, product=asked.product, source=asked.source)


def known_order(
    world: World, order_id: str, *, at: datetime, product: str | None = None, source: str = ""
) -> OrderSnapshot:
    """Return an order, always the same one for an id: what was told first holds."""
    if order_id.startswith(NO_ORDER):
        return OrderSnapshot(known=False)
    kept = world.books.order(order_id)
    if kept is not None:
        return OrderSnapshot.model_validate_json(kept)
    account = order_id.startswith(ACCOUNT) or _is_finance(product, source)
    make = _account if account else _purchase
    order = make(world.seed, order_id, bought_by=at.date(), product=product)
    world.books.keep_order(order_id, order.model_dump_json())
    return order


def require_order(world: World, order_id: str, *, at: datetime) -> OrderSnapshot:
    """Return an order that another service was asked to act on.

    Raises:
        Refused: where the shop has none under this id.
    """
    order = known_order(world, order_id, at=at)
    if not order.known:
        raise Refused("there is no such order", code="no-such-order")
    return order


def chosen_lines(order: OrderSnapshot, line_ids: tuple[str, ...]) -> tuple[OrderLine, ...]:
    """Return the named lines, all of them where none is named.

    Raises:
        Refused: where the order has no such line.
    """
    known = {line.line_id for line in order.lines}
    foreign = [line_id for line_id in line_ids if line_id not in known]
    if foreign:
        raise Refused(f"the order has no line {foreign[0]}", code="no-such-line")
    return tuple(line for line in order.lines if not line_ids or line.line_id in line_ids)


def _order_id(seed: int, asked: FetchOrder) -> str:
    begin = ACCOUNT if _is_finance(asked.product, asked.source) else "ord-"
    return begin + mark(seed, "order", asked.source, asked.source_key)


def _is_finance(product: str | None, source: str) -> bool:
    if product is None:
        return source.lower() in FINANCE_SOURCES
    return any(word in product.lower() for word in FINANCE_WORDS)


def _account(seed: int, order_id: str, *, bought_by: date, product: str | None) -> OrderSnapshot:
    fee = Money(minor=100 * between(15, 95, seed, order_id, "fee"), currency="USD")
    line = OrderLine(line_id=f"{order_id}-1", product=product or "Account fee", price=fee)
    charged = bought_by - timedelta(days=between(5, 40, seed, order_id, "bought"))
    return OrderSnapshot(
        known=True,
        order_id=order_id,
        lines=(line,),
        bought_on=charged,
        delivered_on=charged,
        life_cycle=pick(LIFE_CYCLE, seed, order_id, "life cycle"),
    )


def _purchase(seed: int, order_id: str, *, bought_by: date, product: str | None) -> OrderSnapshot:
    on_the_way = between(1, 3, seed, order_id, "on the way")
    bought = bought_by - timedelta(days=on_the_way + between(1, 40, seed, order_id, "bought"))
    free = draw(seed, order_id, "shipping") < FREE_SHIPPING_SHARE
    count = between(2 if order_id.startswith(PARTLY) else 1, 3, seed, order_id, "lines")
    order = OrderSnapshot(
        known=True,
        order_id=order_id,
        lines=tuple(_goods(seed, order_id, number, product) for number in range(1, count + 1)),
        shipping_paid=Money(minor=0 if free else 3_000, currency="KRW"),
        bought_on=bought,
        delivered_on=bought + timedelta(days=on_the_way),
        warranty_months=pick((12, 24), seed, order_id, "warranty"),
        life_cycle=pick(LIFE_CYCLE, seed, order_id, "life cycle"),
    )
    return order.model_copy(update=_story(order, order_id))


def _story(order: OrderSnapshot, order_id: str) -> dict[str, object]:
    """Tell what else happened to an order whose id ends with it; to most orders nothing did."""
    delivered = order.delivered_on or date.min
    stories: dict[str, dict[str, object]] = {
        "-late": {"promised_on": delivered - timedelta(days=1)},
        "-repaired": {"repairs": 2},
        "-in-repair": {"in_repair_since": delivered - timedelta(days=60)},
        "-gone": {"lines": tuple(line.model_copy(update={"replaceable": False}) for line in order.lines)},
    }
    return next((story for end, story in stories.items() if order_id.endswith(end)), {})


def _goods(seed: int, order_id: str, number: int, product: str | None) -> OrderLine:
    name = product if product and number == 1 else pick(GOODS, seed, order_id, number, "product")
    price = Money(minor=1_000 * between(9, 900, seed, order_id, number, "price"), currency="KRW")
    return OrderLine(line_id=f"{order_id}-{number}", product=name, price=price)


OPERATIONS: Operations = {"fetch_order": Operation(takes=FetchOrder, answer=fetch_order, keeps=False)}
