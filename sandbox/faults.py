"""What goes wrong on request: a plan of faults, counted in calls and drawn from seeds, never from a clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from domain.record import Line
from sandbox.chance import draw

BY_KEY = "by_key"
"""The question what became of a key, as an operation that can fail too."""

FEED = "feed"
"""The question what a service reports of itself."""

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "bank": ("pay_refund", "track_refund", BY_KEY),
    "courier": (
        "book_collection",
        "cancel_collection",
        "issue_label",
        "void_label",
        "track_collection",
        "reserve_replacement",
        "release_replacement",
        "ship_replacement",
        "track_delivery",
        "repair_goods",
        "track_repair",
        "return_goods",
        BY_KEY,
    ),
    "crm": ("fetch_customer", "find_address", "propose_facts", BY_KEY),
    "shop": ("fetch_order", BY_KEY),
    "gateway": ("send_notice", BY_KEY),
    "calls": ("place_call", "fetch_call", "remember", BY_KEY),
    "vouchers": ("issue_voucher", "revoke_voucher", BY_KEY),
    "surveys": ("open_survey", "fetch_answer", BY_KEY),
    "board": ("publish_post", "take_down_post", FEED, BY_KEY),
    "telephony": ("report_call", FEED, BY_KEY),
}

Service = Literal[
    "bank", "courier", "crm", "shop", "gateway", "calls", "vouchers", "surveys", "board", "telephony"
]
Calls = Annotated[int, Field(ge=1)]


class _Fault(BaseModel):
    """What every fault says: where it strikes; without an operation, at each of the service."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    service: Service
    operation: Line | None = None

    @field_validator("operation")
    @classmethod
    def _known(cls, operation: str | None, info: ValidationInfo) -> str | None:
        known = OPERATIONS.get(info.data.get("service", ""))
        if operation is not None and known is not None and operation not in known:
            raise ValueError(f"no such operation; use one of {', '.join(known)}")
        return operation


class Fail(_Fault):
    """The next calls are answered with 500 and not done."""

    kind: Literal["fail"] = "fail"
    calls: Calls


class Refuse(_Fault):
    """The next calls are refused for good; a key keeps its refusal."""

    kind: Literal["refuse"] = "refuse"
    calls: Calls
    reason: Line
    code: Line = "fault-plan"


class _Rated(_Fault):
    """A fault that strikes every call, or some of them at a rate drawn from a seed."""

    rate: Annotated[float, Field(gt=0, le=1)] = 1.0
    seed: int = 0
    calls: Calls | None = None


class LoseAnswer(_Rated):
    """Calls are done, and then nobody hears of it: the answer hangs past the asker's patience.

    Without a number of calls, until cleared.
    """

    kind: Literal["lose_answer"] = "lose_answer"
    seconds: Annotated[float, Field(gt=0, le=600)] = 60.0


class Flaky(_Fault):
    """Calls are answered with 500, and not done, at a rate drawn from a seed, until cleared."""

    kind: Literal["flaky"] = "flaky"
    rate: Annotated[float, Field(gt=0, le=1)]
    seed: int


class Slow(_Rated):
    """Calls take longer before they are done; without a number, until cleared."""

    kind: Literal["slow"] = "slow"
    seconds: Annotated[float, Field(gt=0, le=600)]


class Down(_Fault):
    """The service answers nothing but 503; without a number of calls, until cleared."""

    kind: Literal["down"] = "down"
    calls: Calls | None = None


Fault = Annotated[Fail | Refuse | LoseAnswer | Flaky | Slow | Down, Field(discriminator="kind")]


class FaultPlan(BaseModel):
    """A list of faults; for each call the first that strikes decides, slowness adds up before it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    faults: tuple[Fault, ...]


class BadPlan(Exception):  # noqa: N818 - named after what was given
    """A fault plan that cannot be read; `errors` names each field."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{error['field']}: {error['message']}" for error in errors))
        self.errors = errors


def read_plan(content: str) -> FaultPlan:
    """Read a fault plan from JSON or YAML.

    Raises:
        BadPlan: naming every field that is wrong.
    """
    try:
        return FaultPlan.model_validate(yaml.safe_load(content))
    except yaml.YAMLError:
        raise BadPlan([{"field": "plan", "message": "neither JSON nor YAML"}]) from None
    except ValidationError as error:
        raise BadPlan([_named(detail) for detail in error.errors(include_url=False)]) from None


def load_plan(path: Path) -> FaultPlan:
    """Read a fault plan from a file."""
    return read_plan(path.read_text(encoding="utf-8"))


def _named(detail: Any) -> dict[str, str]:
    kinds = {"fail", "refuse", "lose_answer", "flaky", "slow", "down"}
    # The name of the union's member in the path says nothing to the person who wrote the plan.
    field = ".".join(str(part) for part in detail["loc"] if part not in kinds) or "plan"
    return {"field": field, "message": detail["msg"]}


@dataclass(slots=True)
class _Armed:
    fault: Fault
    met: int = 0

    @property
    def left(self) -> int | None:
        calls = None if isinstance(self.fault, Flaky) else self.fault.calls
        return None if calls is None else calls - self.met

    def meets(self, service: str, operation: str) -> bool:
        here = self.fault.service == service and self.fault.operation in (None, operation)
        return here and self.left != 0

    def strikes(self) -> bool:
        self.met += 1
        if isinstance(self.fault, Flaky | _Rated):
            return draw(self.fault.seed, self.met) < self.fault.rate
        return True


class Faults:
    """The faults that are armed now, and how much of each is left."""

    def __init__(self, plan: FaultPlan | None = None) -> None:
        self._armed: list[_Armed] = []
        if plan is not None:
            self.arm(plan)

    def arm(self, plan: FaultPlan) -> None:
        """Add a plan to what is armed."""
        self._armed += [_Armed(fault) for fault in plan.faults]

    def clear(self) -> None:
        """Let everything go well again."""
        self._armed.clear()

    def left(self) -> list[dict[str, Any]]:
        """Return every armed fault, how often it was met and how many calls it has left."""
        return [{**armed.fault.model_dump(), "met": armed.met, "left": armed.left} for armed in self._armed]

    def meet(self, service: str, operation: str) -> tuple[float, Fault | None]:
        """Count one call; return how long it waits first, and the fault that then decides, if any."""
        wait = 0.0
        for armed in self._armed:
            if not armed.meets(service, operation) or not armed.strikes():
                continue
            if not isinstance(armed.fault, Slow):
                return wait, armed.fault
            wait += armed.fault.seconds
        return wait, None
