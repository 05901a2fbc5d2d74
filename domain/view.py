"""What a person sees of a case: where it stands, what falls due when, and what waits for whom."""

from datetime import date

from domain.actor import Actor
from domain.case import Case, deadlines, opened, parked, stage, todo
from domain.contact_queue import owed_contacts
from domain.earlier import earlier_failure
from domain.effect import OrderSnapshot
from domain.exemption import Exemption
from domain.follow_up_view import FollowUpView, follow_up_view
from domain.heat_view import UpsetView, upset_view
from domain.intake import Gaps, customer_of, gaps, is_known
from domain.message import Deadline
from domain.plan import sum_of
from domain.points import points_for
from domain.policy import Policy
from domain.post import BOARD
from domain.record import Instant, Line, Record, Text
from domain.regard import facts
from domain.remedy import approver_of
from domain.row import CaseRow, Due
from domain.suggestion import Suggestion, suggest
from domain.task import OPEN, Task, reviewers
from domain.treatment import Applied
from domain.triage import HarmLine


class ProposalView(Record):
    """The proposal that stands.

    Attributes:
        over: which limits it passes, so that a second person decides.
        approver: the lowest role whose approval it needs; None where it waits for none.
    """

    hash: str
    state: str
    total: str
    by: str
    needs_approval: bool
    approved_by: str | None
    over: tuple[str, ...] = ()
    approver: Line | None = None
    points: int | None = None


class PromiseView(Record):
    """One promise."""

    number: int
    by: str
    due: Instant
    state: str
    what: str = ""


class GuaranteeView(Record):
    """What is guaranteed to this customer, in their language, and whether it was broken."""

    guarantee: str
    terms: str
    pays: str
    broken: bool


class WishView(Record):
    """What the customer would like instead, and what was said to it."""

    number: int
    wish: str
    remedy: str | None
    answered: str | None


class TaskView(Record):
    """A task of a department: what is needed, by when, and what came of it.

    Attributes:
        reviews: of a review the number of the contact; `reviewers` may answer it.
    """

    number: int
    department: str
    needed: str
    state: str
    due: Instant | None
    person: str | None
    result: str | None
    reviews: int | None = None
    reviewers: tuple[str, ...] = ()


class ExceptionView(Record):
    """One exception to the policy: asked for by one person, decided by another."""

    number: int
    rule: str
    reason: str
    amount: str | None
    by: str
    state: str
    approver: str
    approved_by: str | None
    until: Instant | None


class StepView(Record):
    """One step of the remedy."""

    step: str
    state: str
    reference: str | None
    again_at: Instant | None


class CaseView(Record):
    """Everything `redress show` needs, from one query.

    Attributes:
        head: hash of the last event, so that a ledger can be compared.
        unwritten: how many events the ledger does not have yet.
        earlier_failure: when this customer was last failed similarly or recently, which makes this graver.
        waiting: keys of what the outside world still owes.
        improvements: the improvement requests that this case was counted with.
        interest: what the law owes on a refund that came late.
        read_by_rules: no person has confirmed the classification yet.
        suggested_owner: who should own it, with the reasons; None where nobody asked.
        passed_from: the department that hands it to another, which has not accepted yet.
        lacks: skills that the case asks for and its owner has not.
        known_source: whether engine or policy know the channel by which it came.
        over_limits: contacts that passed the policy's limit for waiting or telling again.
        put_through: how often calls were put through.
        gaps: from failure to awareness to raising to receipt.
        taken_in: later cases about the same claim that are part of this one.
        post: how the public post stands that opened the case.
        treatment: what the policy adds for this case, by which rows and clauses.
        regards: what a proposal has to acknowledge.
    """

    row: CaseRow
    head: str
    unwritten: int
    text: Text
    wants: Line | None
    earlier_failure: date | None = None
    cause: Line | None
    harm_lines: tuple[HarmLine, ...]
    order: OrderSnapshot | None
    acknowledged_at: Instant | None
    transfers: int
    contacts: int
    paused: tuple[str, ...]
    promises: tuple[PromiseView, ...]
    proposal: ProposalView | None
    guarantees: tuple[GuaranteeView, ...] = ()
    wishes: tuple[WishView, ...] = ()
    remedy: str
    round: int
    steps: tuple[StepView, ...]
    interest: str | None = None
    outcome: str | None
    happy_call: str
    follow_up: FollowUpView | None = None
    waiting: tuple[str, ...]
    supervisor_requested: bool
    improvements: tuple[str, ...] = ()
    proactive: bool = False
    suggestion: Suggestion
    read_by_rules: bool = False
    passed_from: Line | None = None
    tasks: tuple[TaskView, ...] = ()
    suggested_owner: str | None = None
    suggested_because: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    upset: UpsetView | None = None
    treatment: Applied | None = None
    exceptions: tuple[ExceptionView, ...] = ()
    regards: tuple[Line, ...] = ()
    place: Line | None = None
    known_source: bool = True
    over_limits: int = 0
    put_through: int = 0
    gaps: Gaps | None = None
    joined_into: Line | None = None
    linked: tuple[Line, ...] = ()
    taken_in: tuple[Line, ...] = ()
    post: str | None = None


def case_row(case: Case) -> CaseRow:
    """Return the read model's row: a fold over the events so far."""
    intake, triage = opened(case), case.triage
    return CaseRow(
        case_id=case.id,
        version=case.version,
        source=intake.opening.source,
        key_digest=intake.key_digest,
        voc_type=triage.voc_type or "unknown",
        product=triage.product,
        severity=triage.severity if triage.classed else None,
        stage=stage(case),
        department=case.assignment.department,
        owner=case.assignment.owner,
        level=case.assignment.level,
        customer=customer_of(intake),
        opened_at=intake.opened_at,
        last_at=case.at or intake.opened_at,
        dues=tuple(Due(name=deadline.name, due=deadline.due) for deadline in next_of_each(case)),
        parked=parked(case),
        end=case.ending.end,
        acknowledged=intake.acknowledged_at is not None,
        refunds=tuple(str(paid) for paid in case.saga.paid),
        priority=case.treatment.applied.priority if case.treatment.applied else 0,
        caller_key=intake.caller_key,
        claim=_claim(case),
        contacts=owed_contacts(case),
    )


def _claim(case: Case) -> str | None:
    """Return what another complaint about the same claim has too: the order and its customer."""
    intake, joined = opened(case), case.joining
    order = intake.opening.order_id or (
        intake.order.order_id if intake.order and intake.order.known else None
    )
    customer = customer_of(intake)
    other = case.triage.voc_type not in (None, "complaint")
    by_hand = intake.opening.split_from is not None or joined.declined or joined.asked is not None
    if case.policy.same_claim_days is None or order is None or customer is None or other or by_hand:
        return None
    return f"{customer}/{order}"


def next_of_each(case: Case) -> tuple[Deadline, ...]:
    """Return the next deadline of each thing that runs: of a ladder only its next rung."""
    found: dict[str, Deadline] = {}
    for deadline in deadlines(case):
        found.setdefault(deadline.name.partition(":")[0], deadline)
    return tuple(found.values())


def view(case: Case, *, head: str, unwritten: int, viewer: Actor | None = None) -> CaseView:
    """Return what a person sees; nobody's scores but a supervisor's view has them before the end."""
    intake = opened(case)
    return CaseView(
        row=case_row(case),
        head=head,
        unwritten=unwritten,
        text=intake.opening.text,
        wants=case.triage.wants,
        earlier_failure=_earlier(case),
        cause=case.triage.cause,
        harm_lines=case.triage.harm_lines,
        order=intake.order,
        acknowledged_at=intake.acknowledged_at,
        transfers=case.assignment.transfers,
        contacts=case.contacts.count,
        paused=tuple(pause.reason for pause in case.contacts.pauses if pause.end is None),
        promises=tuple(
            PromiseView(number=each.number, by=each.by, due=each.due, state=each.state, what=each.what)
            for each in case.promises.made
        ),
        proposal=_proposal(case),
        guarantees=tuple(
            GuaranteeView(
                guarantee=each.id,
                terms=each.terms.get(intake.language, ""),
                pays=str(each.pays),
                broken=each.id in case.guarantees.broken,
            )
            for each in case.policy.guarantees
        ),
        wishes=tuple(
            WishView(number=each.number, wish=each.wish, remedy=each.remedy, answered=each.answered)
            for each in case.wishes.made
        ),
        remedy=case.saga.stage if case.saga.number else "none",
        round=case.remedy.round,
        steps=tuple(
            StepView(step=step.name, state=step.state, reference=step.reference, again_at=step.again_at)
            for step in case.saga.steps
        ),
        interest=str(case.saga.interest_in_all) if case.saga.interest_in_all else None,
        outcome=case.result.outcome,
        happy_call=_happy_call(case),
        follow_up=follow_up_view(case, viewer) if _is_followed_up(case) else None,
        waiting=tuple(effect.key for effect in todo(case)),
        supervisor_requested=case.supervisor.open,
        improvements=case.lessons.improvements,
        proactive=intake.opening.proactive,
        suggestion=suggest(case.policy, intake.opening.text),
        read_by_rules=case.triage.by_rules,
        tasks=tuple(_task(task, case.policy) for task in case.tasks.given),
        suggested_owner=case.allocation.suggested,
        suggested_because=case.allocation.reasons,
        passed_from=case.assignment.passed_from,
        lacks=_lacks(case),
        upset=upset_view(case),
        treatment=case.treatment.applied,
        exceptions=tuple(_exception(each) for each in case.exemptions.made),
        regards=facts(intake, case.promises),
        place=intake.opening.place,
        known_source=is_known(intake.opening.source, case.policy),
        over_limits=case.contacts.over,
        put_through=case.contacts.transfers,
        gaps=gaps(intake),
        joined_into=case.joining.joined_into,
        linked=case.joining.linked,
        taken_in=tuple(each.case for each in case.joining.taken if each.split_into is None),
        post=_post(case),
    )


def _is_followed_up(case: Case) -> bool:
    return case.result.delivered_at is not None or bool(case.retention.reasons)


def _task(task: Task, policy: Policy) -> TaskView:
    return TaskView(
        number=task.number,
        department=task.department,
        needed=task.needed,
        state=task.state,
        due=task.due if task.state in OPEN else None,
        person=task.person,
        result=task.result,
        reviews=task.contact,
        reviewers=reviewers(task, policy),
    )


def _lacks(case: Case) -> tuple[str, ...]:
    mismatch = case.allocation.mismatched
    return mismatch[1] if mismatch is not None and mismatch[0] == case.assignment.owner else ()


def _exception(each: Exemption) -> ExceptionView:
    return ExceptionView(
        number=each.number,
        rule=each.rule,
        reason=each.reason,
        amount=str(each.amount) if each.amount else None,
        by=each.by,
        state=each.state,
        approver=each.approver,
        approved_by=each.approved_by,
        until=each.until,
    )


def _post(case: Case) -> str | None:
    """Say how the public post stands, where there is one."""
    if opened(case).opening.source != BOARD:
        return None
    state = case.post
    if state.standing == "public":
        return "public"
    told = "explained" if state.explained else "unexplained" if state.unexplained else "to be explained"
    return f"{state.standing} by {state.by_whom}" + ("" if state.by_whom == "author" else f", {told}")


def _earlier(case: Case) -> date | None:
    failure = earlier_failure(case.policy, opened(case), case.triage)
    return failure.on if failure else None


def _proposal(case: Case) -> ProposalView | None:
    proposal = case.remedy.proposal
    if proposal is None:
        return None
    return ProposalView(
        hash=proposal.hash,
        state=proposal.state,
        total=str(proposal.total),
        by=proposal.by,
        needs_approval=proposal.needs_approval,
        approved_by=proposal.approved_by,
        over=proposal.over,
        approver=approver_of(case.remedy, case.policy),
        points=points_for(sum_of(proposal.plan, ("points",), case.policy.currency), case.policy.point_worth),
    )


def _happy_call(case: Case) -> str:
    """Say how the follow-up stands; scores are not shown before the end (domain.md section 5)."""
    follow_up = case.follow_up
    if follow_up.given_up is not None:
        return follow_up.given_up
    if follow_up.answered_at is not None:
        return "answered"
    return f"{follow_up.attempts} attempts" if follow_up.attempts else "not yet"
