"""Lives that go on beyond the calls: policies with link, form, reassurance, retention; and their answers."""

from datetime import timedelta
from typing import Any

from domain.budget import CalendarDays
from domain.effect import LinkSent, SurveyAnswer
from domain.follow_up_rules import AfterCareRules, FormRules, LinkRules, RetentionRules
from domain.policy import Policy
from tests.domain.lives import (
    CALLED,
    MONDAY,
    NO_ANSWER,
    NOTICE,
    POLICY,
    PUT_RIGHT,
    Item,
    ok,
    register,
    wait,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TUESDAY = MONDAY + DAY


def asking(**changes: Any) -> Policy:
    """Return the small policy with another happy call."""
    return POLICY.model_copy(update={"happy_call": POLICY.happy_call.model_copy(update=changes)})


LINK = LinkRules(channels=("sms", "email"), open_for=timedelta(days=3), look_every=timedelta(hours=12))
FORM = FormRules(delay=DAY, open_for=timedelta(days=3), tangibles_for=("store",))
CARE = AfterCareRules(after=(timedelta(days=3), timedelta(days=5)))
KEEPING = RetentionRules(stages=("maturity",), within=CalendarDays(n=2))

BY_LINK = asking(link=LINK)
SENT = LinkSent(reference="sv1", delivered=True, text="...")
BOUNCED = LinkSent(reference="sv1", delivered=False, text="...")
OPEN = SurveyAnswer(state="open")
GOOD = {"problem_gone": 1, "outcome_fair": 6, "came_back": 0}
BAD = {"problem_gone": 0, "outcome_fair": 2}


def answered(answers: dict[str, int], **fields: Any) -> SurveyAnswer:
    """Return what the customer sent off."""
    return SurveyAnswer(**{"state": "answered", "answers": answers, "verbatim": "so it is", **fields})


MISSED: tuple[Item, ...] = (
    *CALLED,
    ok("happy-call", NO_ANSWER),
    wait(hours=7),
    ok("happy-call", NO_ANSWER),
)
"""Both calls of the small policy, and nobody there."""

LINKED: tuple[Item, ...] = (*MISSED, ok("happy-call-link", SENT))
PREVENTED: tuple[Item, ...] = (
    *PUT_RIGHT,
    register(prevention="we pack it better"),
    ok("result-notice", NOTICE),
)
