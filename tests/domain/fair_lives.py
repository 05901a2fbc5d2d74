"""For each fairness rule three lives: one that breaks it, one done right, and one that just keeps it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.actor import Actor
from domain.assignment import AcceptCase, TransferCase
from domain.budget import WorkingTime
from domain.case import CaseEvent
from domain.contact import EndedByStaff
from domain.effect import CallMade, NoticeSent
from domain.ending import AnswerCase
from domain.fairness import FairnessReport, report
from domain.fairness_history import Entry, numbered
from domain.fairness_limits import RuleId
from domain.plan import Fee
from domain.policy import Policy, Target, TriageRule, Warranty
from domain.remedy import RemedyAgreed
from domain.result import ResultRegistered
from domain.supervisor import RecordMeeting, RequestSupervisor, SupervisorMet, WithdrawRequest
from domain.triage import ClaimHarm, HarmLine
from tests.domain.lives import (
    AGAIN,
    AGENT,
    BAD_CALL,
    CUSTOMER,
    MIRA,
    MONDAY,
    NOTICE,
    ORDER,
    OWNER,
    PAID,
    POLICY,
    SUPERVISOR,
    Item,
    Life,
    accept,
    approve,
    contact,
    decision,
    decline,
    eur,
    given,
    ok,
    opening,
    plan,
    propose,
    register,
    say,
    triage,
    wait,
)

FAIR = POLICY.model_copy(
    update={
        "causes": (*POLICY.causes, "customer_error"),
        "plain_words": {"remittance": "sending the money"},
        "triage_rules": (
            TriageRule(field="cause", value="customer_error", words=("my own fault",)),
            TriageRule(field="emotion", value="high", words=("furious",)),
        ),
        "targets": (
            *POLICY.targets,
            Target(
                name="resolve",
                voc_types=("suggestion",),
                budget=WorkingTime(minutes=1080),
                ladder=POLICY.targets[0].ladder,
                clause="promise",
            ),
        ),
        "warranty": Warranty(reference_months=12, products={"kettle": 24}, clause="promise"),
        "max_fee_per_cent": 30,
    }
)
"""The small policy with words and a target that some rules need; every limit is the default."""


CONDITION = {"ko": "받으신 날부터 7일 안", "en": "within 7 days"}
LONG_CLAUSES = FAIR.model_copy(
    update={
        "clauses": tuple(each.model_copy(update={"conditions": (CONDITION,) * 5}) for each in FAIR.clauses)
    }
)
"""The fair policy with one condition too many in every clause."""


def life(*items: Item, policy: Policy = FAIR) -> Life:
    """Return a life under the fair policy."""
    return given(*items, policy=policy)


def fair(*items: Item) -> Life:
    """Return a life on top of one that was opened, classed and taken up as it should be."""
    return life(*OPENED, *items)


def sent(text: str) -> NoticeSent:
    """Return a notice that was delivered with these words."""
    return NoticeSent(reference="n1", delivered=True, text=text)


def call(**answers: int) -> CallMade:
    """Return a happy call that was answered."""
    return CallMade(reference="call1", outcome="answered", answers={"problem_gone": 1, **answers})


SORRY = contact(apology=True)
READ: tuple[Item, ...] = (ok("acknowledgement", NOTICE), ok("customer", CUSTOMER), ok("order", ORDER))
OPENED: tuple[Item, ...] = (opening(), *READ, triage(), say(AcceptCase, AGENT), SORRY)
PUT_RIGHT: tuple[Item, ...] = (propose(), accept(), ok("payout", PAID))
TOLD: tuple[Item, ...] = (register(), ok("result-notice", sent("we refunded it")))
SETTLED: tuple[Item, ...] = (*PUT_RIGHT, *TOLD)
LATER_HARM = say(ClaimHarm, MIRA, line=HarmLine(id="phone", harm="trouble", stated="long calls"))
REFUSED: tuple[Item, ...] = (*OPENED, propose(plan(decision("refusal"))))


def with_order(**fields: Any) -> tuple[Item, ...]:
    """Return the opening with another order."""
    order = ORDER.model_copy(update=fields)
    return (opening(), ok("acknowledgement", NOTICE), ok("customer", CUSTOMER), ok("order", order))


def bought(day: date, months: int = 0) -> tuple[Item, ...]:
    """Return a complaint about goods that were delivered on a day, refused under the warranty."""
    return (
        *with_order(delivered_on=day, warranty_months=months),
        triage(),
        say(AcceptCase, AGENT),
        SORRY,
    )


EXPIRED = plan(decision("refusal", ground="warranty"))
A_YEAR_BEFORE = date(2025, 11, 23)


def fee(minor: int, *, refund: int = 9_000) -> Any:
    """Propose a plan for which the customer pays the return."""
    fees = (Fee(what="return", amount=eur(minor), reason="changed mind"),)
    given_back = decision(ground="withdrawal", amount=eur(refund))
    return propose(plan(given_back, fee_payer="customer", fees=fees))


OUR_OWN_FAULT_UNKNOWN: tuple[Item, ...] = (
    opening(),
    *READ,
    triage(cause="other"),
    say(AcceptCase, AGENT),
    SORRY,
)
CUSTOMER_PAYS = propose(plan(decision(ground="withdrawal"), fee_payer="customer"))
SUGGESTED: tuple[Item, ...] = (opening(), *READ, triage(voc_type="suggestion"), say(AcceptCase, AGENT))
ANSWERED: tuple[Item, ...] = (
    say(AnswerCase, OWNER, text="we make the handle longer", outcome="adopted"),
    ok("answer", sent("we make the handle longer")),
)


def repeat(by: Actor = MIRA, **fields: Any) -> Any:
    """Log a call in which the customer tells the story again."""
    return contact(by, direction="inbound", named_owner=False, next_step=None, repeat=True, **fields)


def inbound(channel: str, **fields: Any) -> Any:
    """Log a message of the customer by some channel."""
    return contact(MIRA, direction="inbound", channel=channel, named_owner=False, next_step=None, **fields)


def hand_over(to: str) -> Any:
    """Offer the case to somebody else."""
    return say(TransferCase, OWNER, to=to, summary="read this")


TAKEN: tuple[Item, ...] = (opening(), *READ, triage(), say(AcceptCase, AGENT))
FINAL_WITHOUT_CLAUSE = register(final=True, outcome="not_upheld", summary="the refund stays refused")
ASKS = inbound("phone", asks_rule=True)
REQUEST = say(RequestSupervisor, MIRA)
MEETING: tuple[Item, ...] = (contact(SUPERVISOR), say(RecordMeeting, SUPERVISOR, contact=2))
BY_ITS_OWNER = ResultRegistered(
    number=1,
    outcome="upheld",
    cause="defect",
    summary="we refunded it",
    final=False,
    clauses=(),
    department="service",
    policy="test",
    at=MONDAY,
    by=OWNER,
)
AT_FOUR = wait(minutes=240)
"""The supervisor's four working hours, to the minute."""

JUST_OVER_A_WEEK = timedelta(days=4, hours=9, seconds=1)
"""The five working days of the resolve target, and a second."""

BLAMED = triage(cause="customer_error")
FURIOUS = inbound("phone", emotion="high")
LAWFUL = EndedByStaff(reason="insults after a warning", warned=True, taken_over_by="sue")
UNWARNED = LAWFUL.model_copy(update={"warned": False})
NOBODY_SENIOR = LAWFUL.model_copy(update={"taken_over_by": "ben"})
FAILED_BEFORE = CUSTOMER.model_copy(update={"earlier_failures": 1})
TWICE: tuple[Item, ...] = (
    propose(told_in=None),
    ok("offer", sent("we refunded it")),
    accept(),
    ok("payout", PAID),
    register(),
)
"""An offer and what follows, up to a result that waits for its words."""

UNDELIVERED = NoticeSent(reference="n2", delivered=False, text="we refunded it")
SILENT = contact(apology=False)
"""A real answer without an apology or an explanation."""


@dataclass(frozen=True)
class Story:
    """A life as a rule sees it.

    Attributes:
        proof: kinds of the events that prove the finding, in order; empty where there is none.
        later: time from the last event to the judgement.
        dropped: number of an event that is missing from the history.
        forged: events after the life that the engine itself would refuse, as a hand-written history has them.
    """

    life: Life
    proof: tuple[str, ...] = ()
    later: timedelta = timedelta()
    dropped: int | None = None
    forged: tuple[CaseEvent, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The history as it is judged."""
        events: tuple[CaseEvent, ...] = self.life.events  # type: ignore[assignment]  # they are a case's
        told = numbered((*events, *self.forged))
        return tuple(each for each in told if each.seq != self.dropped)

    @property
    def judged(self) -> FairnessReport:
        """The report on it."""
        return report(self.entries, self.life.case.policy, self.life.now + self.later)


@dataclass(frozen=True)
class Stories:
    """The three lives of a rule, and further ones that break it in its other ways."""

    broken: Story
    right: Story
    near_miss: Story
    also_broken: tuple[Story, ...] = ()
    also_right: tuple[Story, ...] = ()


EXCEPTIONAL: tuple[Item, ...] = (
    *OPENED,
    *SETTLED,
    wait(hours=25),
    ok("happy-call", BAD_CALL),
    *AGAIN,
    ok("happy-call", BAD_CALL),
)
"""A life whose bounded rounds are used up."""

DENIED = life(*bought(A_YEAR_BEFORE, 6), propose(EXPIRED))
"""An agent denies the warranty inside the reference term; the engine lets it wait for a supervisor."""

AS_AGREED = RemedyAgreed(hash=DENIED.last("remedy_proposed").hash, needed=False, at=DENIED.now)
"""As if nobody had waited."""

STORIES: dict[RuleId, Stories] = {
    "O1": Stories(
        broken=Story(
            fair(propose(), decline(), LATER_HARM),
            proof=("remedy_proposed", "harm_claimed", "result_registered"),
            forged=(BY_ITS_OWNER.model_copy(update={"final": True, "summary": "the refund was declined"}),),
        ),
        right=Story(fair(*SETTLED)),
        near_miss=Story(
            fair(
                LATER_HARM,
                propose(plan(decision(), decision("refusal", harm_line="phone"))),
                accept(),
                ok("payout", PAID),
                *TOLD,
            )
        ),
        also_broken=(
            Story(
                fair(*PUT_RIGHT, LATER_HARM),
                proof=("remedy_proposed", "harm_claimed", "result_registered"),
                forged=(BY_ITS_OWNER,),
            ),
        ),
    ),
    "O2": Stories(
        broken=Story(
            DENIED,
            proof=("order_read", "remedy_proposed", "remedy_agreed"),
            forged=(AS_AGREED,),
        ),
        right=Story(life(*bought(A_YEAR_BEFORE, 6), propose(EXPIRED, by=SUPERVISOR))),
        near_miss=Story(life(*bought(date(2025, 11, 22), 6), propose(EXPIRED))),
        also_right=(
            Story(life(*bought(A_YEAR_BEFORE, 12)), forged=(DENIED.last("remedy_proposed"), AS_AGREED)),
            Story(life(*bought(A_YEAR_BEFORE, 6), propose(plan(decision("refusal"))))),
        ),
    ),
    "O3": Stories(
        broken=Story(
            life(*OUR_OWN_FAULT_UNKNOWN, fee(27_001), approve()),
            proof=("order_read", "remedy_proposed", "remedy_offered"),
        ),
        right=Story(life(*OUR_OWN_FAULT_UNKNOWN, fee(500))),
        near_miss=Story(life(*OUR_OWN_FAULT_UNKNOWN, fee(27_000))),
    ),
    "O4": Stories(
        broken=Story(
            life(*SUGGESTED, wait(days=4), *ANSWERED),
            proof=("case_opened", "target_breached", "answer_notified"),
        ),
        right=Story(life(*SUGGESTED, *ANSWERED)),
        near_miss=Story(life(*SUGGESTED, wait(hours=33), *ANSWERED)),
        also_broken=(
            Story(
                life(*SUGGESTED),
                proof=("case_opened", "case_accepted"),
                later=timedelta(hours=33, minutes=1),
            ),
        ),
    ),
    "O5": Stories(
        broken=Story(
            life(*OUR_OWN_FAULT_UNKNOWN, CUSTOMER_PAYS, accept(), ok("payout", PAID), *TOLD),
            proof=("remedy_proposed", "remedy_offered", "result_registered"),
        ),
        right=Story(fair(*SETTLED)),
        near_miss=Story(
            life(*OUR_OWN_FAULT_UNKNOWN, CUSTOMER_PAYS, accept(), ok("payout", PAID), register(cause="other"))
        ),
        also_broken=(
            Story(
                fair(
                    say(ClaimHarm, MIRA, line=HarmLine(id="post", harm="shipping")),
                    propose(plan(decision(), decision("refusal", harm_line="post"))),
                ),
                proof=("triaged", "remedy_proposed", "remedy_offered"),
            ),
        ),
    ),
    "P1": Stories(
        broken=Story(life(opening(rejected_tries=3), *READ), proof=("case_opened",)),
        right=Story(life(opening(rejected_tries=0), *READ)),
        near_miss=Story(
            life(
                opening(rejected_tries=2, began_at=MONDAY - timedelta(hours=24)),
                *READ,
                repeat(channel="web"),
                inbound("phone"),
            )
        ),
        also_broken=(
            Story(life(opening(began_at=MONDAY - timedelta(hours=24, seconds=1))), proof=("case_opened",)),
            Story(
                life(opening(), repeat(channel="web"), repeat(channel="web")),
                proof=("case_opened", "contact_logged", "contact_logged"),
            ),
            Story(
                life(opening(), inbound("phone"), inbound("email")),
                proof=("case_opened", "contact_logged", "contact_logged"),
            ),
            Story(
                life(opening(), *2 * (contact(AGENT, asks_evidence=True),)),
                proof=("case_opened", "contact_logged", "contact_logged"),
            ),
        ),
        also_right=(
            Story(life(opening())),
            Story(life(opening(), contact(AGENT, asks_evidence=True), contact(AGENT))),
            Story(fair(repeat(channel="web"))),
            Story(fair(*2 * (contact(asks_evidence=True),))),
        ),
    ),
    "P2": Stories(
        broken=Story(fair(*SETTLED), proof=("case_opened", "customer_read"), dropped=2),
        right=Story(fair(*SETTLED)),
        near_miss=Story(fair(), dropped=len(fair().events)),
    ),
    "P3": Stories(
        broken=Story(life(*TAKEN, contact(wait_seconds=601)), proof=("contact_logged",)),
        right=Story(fair()),
        near_miss=Story(life(*TAKEN, contact(wait_seconds=600), hand_over("ben"))),
        also_broken=(
            Story(
                life(*TAKEN, hand_over("ben"), hand_over("sue"), hand_over("ben")),
                proof=("transfer_offered", "transfer_offered", "transfer_offered"),
            ),
            Story(fair(repeat()), proof=("contact_logged",)),
        ),
        also_right=(
            Story(life(*TAKEN, hand_over("ben"), hand_over("sue"))),
            Story(life(*TAKEN, contact(), hand_over("ben"), hand_over("sue"), hand_over("ben"))),
            Story(life(opening(), repeat(channel="web"), *READ, triage(), say(AcceptCase, AGENT))),
        ),
    ),
    "P4": Stories(
        broken=Story(
            fair(*PUT_RIGHT, register(), wait(days=8), ok("result-notice", sent("we refunded it"))),
            proof=("case_opened", "target_breached"),
        ),
        right=Story(fair(*SETTLED)),
        near_miss=Story(fair(*PUT_RIGHT, register(), wait(days=4, hours=9)), later=timedelta()),
        also_broken=(Story(fair(), proof=("case_opened", "contact_logged"), later=JUST_OVER_A_WEEK),),
    ),
    "P5": Stories(
        broken=Story(fair(propose(), decline(), FINAL_WITHOUT_CLAUSE), proof=("result_registered",)),
        right=Story(life(*REFUSED, register(outcome="not_upheld"))),
        near_miss=Story(fair(ASKS, *SETTLED)),
        also_broken=(
            Story(fair(*SETTLED, ASKS), proof=("result_registered", "contact_logged")),
            Story(
                life(*OPENED, propose(plan(decision("refusal"))), policy=LONG_CLAUSES),
                proof=("remedy_proposed",),
            ),
        ),
    ),
    "I1": Stories(
        broken=Story(
            fair(*SETTLED, wait(hours=25), ok("happy-call", call(courtesy=6, empathy=3))),
            proof=("happy_call_answered",),
        ),
        right=Story(fair(*SETTLED, wait(hours=25), ok("happy-call", call(courtesy=6, empathy=6)))),
        near_miss=Story(fair(*SETTLED, wait(hours=25), ok("happy-call", call(courtesy=5, empathy=3)))),
        also_broken=(
            Story(
                fair(*PUT_RIGHT, register(summary="it is done"), ok("result-notice", sent("it is done"))),
                proof=("result_registered", "result_notified"),
            ),
        ),
        also_right=(
            Story(fair(*SETTLED, wait(hours=25), ok("happy-call", call(courtesy=6, empathy=4)))),
            Story(fair(*SETTLED, wait(hours=25), ok("happy-call", call(courtesy=7)))),
            Story(fair(*PUT_RIGHT, register(summary="the cup is replaced"), ok("result-notice", NOTICE))),
        ),
    ),
    "I2": Stories(
        broken=Story(
            fair(propose(told_in=None), ok("offer", sent("the remittance follows"))),
            proof=("offer_notice_sent",),
        ),
        right=Story(fair(propose(told_in=None), ok("offer", sent("the money follows")))),
        near_miss=Story(
            fair(
                propose(told_in=None), ok("offer", sent("the remittance, that is sending the money, follows"))
            )
        ),
        also_broken=(Story(life(opening(), *READ, BLAMED), proof=("triaged",)),),
        also_right=(Story(life(opening(text="It was my own fault."), *READ, BLAMED)),),
    ),
    "I3": Stories(
        broken=Story(fair(FURIOUS, contact(tone="hostile")), proof=("contact_logged", "contact_logged")),
        right=Story(fair(FURIOUS, contact(tone="kind"))),
        near_miss=Story(fair(FURIOUS, contact(emotion="high", ended_by_staff=LAWFUL))),
        also_broken=(
            Story(
                fair(contact(emotion="high", ended_by_staff=EndedByStaff(reason="enough"))),
                proof=("contact_logged",),
            ),
            Story(
                fair(contact(emotion="high", ended_by_staff=UNWARNED)),
                proof=("contact_logged",),
            ),
            Story(
                fair(contact(emotion="high", ended_by_staff=NOBODY_SENIOR)),
                proof=("contact_logged",),
            ),
            Story(
                life(opening(text="I am furious"), *READ, contact(AGENT, tone="hostile")),
                proof=("case_opened", "contact_logged"),
            ),
        ),
        also_right=(Story(fair(FURIOUS, contact(emotion="calm"), contact(tone="hostile"))),),
    ),
    "I4": Stories(
        broken=Story(
            fair(REQUEST, wait(minutes=241), *MEETING), proof=("supervisor_requested", "supervisor_met")
        ),
        right=Story(fair(REQUEST, *MEETING)),
        near_miss=Story(fair(REQUEST, AT_FOUR, *MEETING), later=timedelta(days=1)),
        also_broken=(
            Story(fair(REQUEST), proof=("supervisor_requested",), later=timedelta(minutes=241)),
            Story(
                fair(REQUEST, contact()),
                proof=("supervisor_requested",),
                later=timedelta(minutes=241),
                forged=(SupervisorMet(number=1, contact=2, at=MONDAY, by=SUPERVISOR),),
            ),
            Story(
                fair(*PUT_RIGHT, REQUEST),
                proof=("supervisor_requested", "result_registered"),
                forged=(BY_ITS_OWNER,),
            ),
        ),
        also_right=(
            Story(fair(REQUEST, say(WithdrawRequest, MIRA)), later=timedelta(days=1)),
            Story(fair(REQUEST), later=timedelta(minutes=240)),
            Story(fair(*PUT_RIGHT, REQUEST, register(SUPERVISOR))),
        ),
    ),
    "I5": Stories(
        broken=Story(
            life(opening(), triage(), say(AcceptCase, AGENT), SORRY, *READ),
            proof=("contact_logged", "customer_read"),
        ),
        right=Story(fair(*SETTLED)),
        near_miss=Story(
            life(
                opening(),
                ok("acknowledgement", NOTICE),
                triage(),
                say(AcceptCase, AGENT),
                contact(named_owner=False, next_step=None),
            )
        ),
        also_broken=(
            Story(
                life(
                    opening(),
                    ok("acknowledgement", NOTICE),
                    ok("customer", FAILED_BEFORE),
                    ok("order", ORDER),
                    triage(),
                    say(AcceptCase, AGENT),
                    SORRY,
                    propose(plan(decision("apology"), gestures=())),
                ),
                proof=("customer_read", "remedy_proposed"),
            ),
        ),
        also_right=(
            Story(
                life(
                    opening(),
                    ok("acknowledgement", NOTICE),
                    ok("customer", FAILED_BEFORE),
                    ok("order", ORDER),
                    triage(),
                    say(AcceptCase, AGENT),
                    SORRY,
                    propose(),
                )
            ),
        ),
    ),
    "R4": Stories(
        broken=Story(life(*TAKEN, SILENT, *SETTLED), proof=("contact_logged", "result_notified")),
        right=Story(fair(*SETTLED)),
        near_miss=Story(life(*TAKEN, contact(apology=False, explanation=True), *SETTLED)),
        also_broken=(
            Story(
                life(*TAKEN, SILENT, contact(apology=True, reached=False), *SETTLED),
                proof=("contact_logged", "contact_logged", "result_notified"),
            ),
        ),
        also_right=(
            Story(life(*TAKEN, SILENT, *PUT_RIGHT, register())),
            Story(life(*TAKEN, SILENT, *PUT_RIGHT, register(), ok("result-notice", sent("Sorry! Refunded")))),
        ),
    ),
    "R90": Stories(
        broken=Story(
            fair(*TWICE, ok("result-notice", sent("we refunded it"))),
            proof=("offer_notice_sent", "result_notified"),
        ),
        right=Story(fair(*TWICE, ok("result-notice", sent("it is on your account")))),
        near_miss=Story(
            fair(
                propose(told_in=None),
                ok("offer", UNDELIVERED),
                accept(),
                ok("payout", PAID),
                register(),
                ok("result-notice", sent("we refunded it")),
            )
        ),
    ),
    "S1": Stories(
        broken=Story(
            fair(*SETTLED, wait(hours=25), ok("happy-call", call(solicited=1))),
            proof=("happy_call_answered", "score_solicited"),
        ),
        right=Story(fair(*SETTLED, wait(hours=25), ok("happy-call", call(solicited=0)))),
        near_miss=Story(fair(*SETTLED, wait(hours=25), ok("happy-call", call()))),
    ),
}
