"""A policy in which everything falls due within seconds, for drills that must not skip time."""

from collections.abc import Mapping
from datetime import timedelta

from domain.budget import PlainTime
from domain.ladder import Rung
from domain.policy import Policy, Target, TargetName


def seconds(count: float) -> PlainTime:
    """Return a budget of so many seconds of plain time."""
    return PlainTime(minutes=count / 60)


TARGETS: Mapping[TargetName, float] = {
    "acknowledge": 60,
    "accept": 6,
    "first_response": 120,
    "resolve": 300,
    "result_notice": 120,
}
"""Seconds; only `accept` is meant to be missed."""

LADDER = (
    Rung(at=0.5, actions=("tell_supervisor",)),
    Rung(at="breach", actions=("tell_supervisor", "escalate")),
    Rung(at=seconds(3), actions=("escalate",)),
)
"""Before, at and after the deadline: what an outage must not swallow, double or reorder."""


def hurried(policy: Policy) -> Policy:
    """Return the policy with every span in seconds; rules, roles and amounts stay as they are."""
    clause = policy.clauses[0].id
    targets = tuple(
        Target(name=name, budget=seconds(span), ladder=LADDER, clause=clause)
        for name, span in TARGETS.items()
    )
    at_once = policy.happy_call.model_copy(
        update={"delay": timedelta(0), "apart": timedelta(seconds=1), "from_hour": 0, "to_hour": 24}
    )
    return policy.model_copy(
        update={
            "targets": targets,
            "statutory": (),
            "happy_call": at_once,
            "reopen_window": seconds(1),
            "appeal_window": seconds(1),
            "approval": seconds(120),
            "offer": seconds(120),
            "look_every": timedelta(seconds=1),
            "retry_after": timedelta(seconds=2),
        }
    )
