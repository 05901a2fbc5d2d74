"""Where a case stands: its stage, what it waits for, whether it is over."""

from domain import ending
from domain.case_reading import course_of
from domain.case_state import Case
from domain.case_todo import todo
from domain.permission import Stage


def stage(case: Case) -> Stage:
    """Return where in its life the case stands."""
    if case.ending.end is not None:
        return "ended"
    if case.result.registered_at is not None:
        return _after_result(case)
    if case.assignment.owner is not None:
        begun = case.contacts.first_response_at is not None or case.remedy.proposal is not None
        return "in_recovery" if begun else "owned"
    return "with_department" if case.assignment.department is not None else "raised"


def _after_result(case: Case) -> Stage:
    if case.result.delivered_at is None:
        return "result_registered"
    if case.result.final:
        return "appeal_open"
    return "reopen_window" if case.follow_up.good else "following_up"


def parked(case: Case) -> str | None:
    """Return why the case waits for a human; None where it does not."""
    if case.ending.end is not None:
        return None
    if case.saga.stage == "parked":
        return f"remedy step {case.saga.parked_at}: {case.saga.parked_why}"
    if case.result.needs_person:
        return "the result notice reached nobody: tell the customer in person (tell_result)"
    if case.ending.answer_failed and case.triage.voc_type != "complaint":
        return "the answer did not go out: answer again (answer_case)"
    if offer_untold(case):
        return "the offer did not go out: propose it again (propose_remedy)"
    if case.targets.parked is not None:
        return f"{case.targets.parked} is far overdue: a supervisor looks at it (resume_case)"
    told = case.result.delivered_at is not None or case.ending.answered_at is not None
    if case.supervisor.missed and told:
        return "the customer waits for a supervisor, and nothing ends before: meet them (record_meeting)"
    if ending.dissatisfied_for_good(course_of(case)) and not case.result.final:
        return "dissatisfied after the last round: open_round or state_final_position"
    return None


def offer_untold(case: Case) -> bool:
    """Say whether an offer stands that its customer knows nothing of."""
    proposal = case.remedy.proposal
    told = proposal is None or proposal.state != "offered" or not proposal.words_failed
    return case.policy.spoken is not None and not told


def is_over(case: Case) -> bool:
    """Say whether the case is at its end and owes and is owed nothing."""
    return case.ending.end is not None and not todo(case)
