"""Tells what happens to a case in sentences, Korean and English, as its events come in."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.case import CaseEvent
from domain.redaction_events import GROUNDS, WHY
from domain.saga_steps import StepName
from domain.staff_news import Topic

Sentences = tuple[str, str]
"""Korean and English."""

Telling = Callable[[Any], Sentences | None]

ROUNDS = {
    "happy_call": ("해피콜에서 불만족", "the happy call found the customer dissatisfied"),
    "customer": ("고객의 재요청", "the customer came back"),
    "appeal": ("이의 제기", "an appeal"),
    "supervisor": ("책임자의 결정", "a supervisor's decision"),
}
STEPS: Mapping[StepName, Sentences] = {
    "reserve": ("교환품을 확보했습니다", "a replacement is set aside"),
    "collect": ("회수를 준비했습니다", "the way back of the goods is arranged"),
    "inspect": ("상품이 돌아와 검수를 마쳤습니다", "the goods are back and inspected"),
    "coupon": ("쿠폰을 드렸습니다", "a coupon is issued"),
    "points": ("적립금을 드렸습니다", "points are credited"),
    "membership": ("회원 혜택을 드렸습니다", "membership benefits are given"),
    "information": ("필요한 정보를 드렸습니다", "the customer has the information"),
    "repair": ("수리를 마쳤습니다", "the repair is done"),
    "return": ("수리한 상품을 보냈습니다", "the repaired goods are on their way back"),
    "returned": ("수리한 상품이 도착했습니다", "the repaired goods have arrived"),
    "ship": ("교환품을 보냈습니다", "the replacement is on its way"),
    "deliver": ("교환품이 도착했습니다", "the replacement has arrived"),
    "payout": ("환불했습니다", "the refund is paid"),
    "fee_refund": ("고객이 부담한 비용을 돌려드렸습니다", "fees that the customer had paid are paid back"),
    "rest_payout": ("남은 금액을 환불했습니다", "the rest of the refund is paid"),
    "interest": ("지연 이자를 드렸습니다", "interest for the delay is paid"),
    "fee_interest": ("비용의 지연 이자를 드렸습니다", "interest on the fees is paid"),
    "rest_interest": ("남은 금액의 지연 이자를 드렸습니다", "interest on the rest is paid"),
    "correction": ("기록을 바로잡았습니다", "the record is corrected"),
    "reissued_card": ("카드를 다시 보냈습니다", "a new card is issued"),
    "free_service": ("무상 서비스를 해 드렸습니다", "the free service is done"),
    "installation": ("설치를 확인받았습니다", "the customer confirms the installation"),
    "instruction": ("사용 설명을 확인받았습니다", "the customer confirms the instruction"),
    "apology_letter": ("사과 편지를 보냈습니다", "a letter of apology went out"),
    "manager_apology": ("책임자가 사과드렸습니다", "a manager says sorry"),
    "recognition": ("고객의 도움에 감사드렸습니다", "the customer is thanked for what they found"),
    "apology_call": ("전화로 사과드렸습니다", "somebody says sorry by telephone"),
    "explanation": ("원인을 설명해 드렸습니다", "the cause is explained to the customer"),
    "follow_up": ("다시 연락드려 살폈습니다", "somebody asks again how it goes"),
}
"""What is told of each step that is done."""

ENDS: Mapping[str, Sentences] = {
    "recovered": ("고객의 마음을 되찾았습니다", "closed: the customer is won back"),
    "final_position": ("최종 입장으로 마쳤습니다", "closed with the final position"),
    "unconfirmed": ("확인하지 못한 채 마쳤습니다", "closed unconfirmed"),
    "withdrawn": ("고객이 취하하여 마쳤습니다", "closed: withdrawn by the customer"),
    "answered": ("답변하고 마쳤습니다", "closed: answered"),
    "joined": ("먼저 접수된 건에 합쳐 마쳤습니다", "closed: joined with the case that was opened first"),
}


def _kinds(event: Any) -> str:
    return ", ".join(dict.fromkeys(decision.remedy for decision in event.plan.decisions))


def _step(event: Any) -> Sentences:
    ko, en = STEPS[event.step]
    return (f"{ko} {event.amount}", f"{en}: {event.amount}") if event.amount else (ko, en)


def _missed(event: Any) -> Sentences | None:
    if event.closes_option or event.late_known:
        return None
    return f"목표 초과: {event.target}", f"missed: the target {event.target}"


def _contact(event: Any) -> Sentences:
    if event.over:
        return (
            "고객이 너무 오래 기다렸거나 같은 말을 다시 했습니다",
            f"a contact beyond the limits of one claim: {', '.join(event.over)}",
        )
    if event.direction == "inbound":
        return "고객이 연락했습니다", "the customer calls us"
    if not event.named_owner:
        return "늦은 연락을 사과드렸습니다", "somebody calls, and says sorry for being late"
    return "담당자가 연락드렸습니다", "the owner calls, gives a name and says what comes next"


def _call(event: Any) -> Sentences:
    if event.bad:
        return f"해피콜: {event.verbatim}", f"happy call: not put right ({', '.join(event.bad)})"
    return f"해피콜: {event.verbatim}", "happy call: the customer says that it was put right"


STAFF_NEWS: Mapping[Topic, Callable[[str], Sentences | None]] = {
    "staff_result": lambda staff: (
        f"{staff}에게 결과를 알렸습니다",
        f"{staff}, who took part before, hears how it came out",
    ),
    "staff_praise": lambda staff: (f"{staff}에게 칭찬을 전했습니다", f"{staff} hears of the praise"),
    **dict.fromkeys(
        (
            *("staff_fallback", "staff_offer", "staff_away", "staff_suggested"),
            *("staff_task", "staff_task_late", "staff_task_answer"),
        ),
        lambda _: None,
    ),
}
"""What is told of words to staff: those that only go with another event go without saying."""

TOLD: Mapping[str, Telling] = {
    "case_opened": lambda event: ("접수했습니다", f"opened, by {event.opening.source}"),
    "acknowledgement_sent": lambda _: (
        "접수번호를 알려 드렸습니다",
        "acknowledged: the customer has the number",
    ),
    "triaged": lambda event: (
        f"분류: {event.voc_type}, 심각도 {event.severity}",
        f"triaged: {event.voc_type}, cause {event.cause or '-'}, severity {event.severity}",
    ),
    "department_assigned": lambda event: (
        f"{event.department} 부서로",
        f"routed to {event.department}",
    ),
    "case_rerouted": lambda event: (
        f"다시 분류하여 {event.before} 부서에서 {event.department} 부서로 인계",
        f"classed anew: it goes from {event.before} to {event.department}, which has to accept",
    ),
    "fallback_alerted": lambda event: (
        f"맡을 부서를 규칙으로 찾지 못하여 {event.department} 부서장에게 알립니다",
        f"no rule finds a department: {event.department} takes it, and its leader is alerted",
    ),
    "department_refused": lambda event: (
        f"{event.department} 부서가 거절: {event.reason}",
        f"{event.department} refuses: {event.reason}",
    ),
    "owner_away": lambda event: (
        f"담당자 {event.person} 부재",
        f"{event.person}, who owns it, is away; its deadlines run on",
    ),
    "department_accepted": lambda event: (
        f"{event.department} 부서가 접수, 담당자는 정해지지 않음",
        f"{event.department} takes it; who owns it is open",
    ),
    "owner_suggested": lambda event: (
        f"담당자 추천: {event.person or '없음'} ({', '.join(event.reasons)})",
        f"suggested owner: {event.person or 'nobody'} ({', '.join(event.reasons)})",
    ),
    "skill_mismatched": lambda event: (
        f"{event.owner}에게 없는 역량: {', '.join(event.lacks)}",
        f"{event.owner} lacks {', '.join(event.lacks)}; the next hand-over repairs it",
    ),
    "owner_appointed": lambda event: (
        f"담당자를 {event.owner}로 바꿈: {event.reason}",
        f"{event.owner} is made owner: {event.reason}",
    ),
    "transfer_offered": lambda event: (f"{event.to}에게 인계 요청", f"offered to {event.to}"),
    "transfer_accepted": lambda event: (f"{event.owner} 인수", f"{event.owner} takes it over"),
    "task_given": lambda event: (
        f"{event.department} 부서에 과제",
        f"task {event.number} for {event.department}, with its due time",
    ),
    "review_opened": lambda event: (
        f"접촉 {event.contact}의 응대를 {event.department} 부서의 책임자가 살펴봅니다",
        f"task {event.number}: a leader of {event.department} looks at contact {event.contact}",
    ),
    "heat_flagged": lambda _: (
        "고객이 많이 격앙되어 있어 시간을 두고 다시 전화드립니다",
        "the customer is upset: nobody calls for a while, then somebody trained or a leader",
    ),
    "cooled_off": lambda _: ("이제 다시 전화드릴 때입니다", "time to call the customer back"),
    "heat_passed_over": lambda event: (
        "다시 전화드릴 때나 사람이 아니었습니다",
        "called too soon" if event.why == "too_soon" else "called by somebody who is not trained for it",
    ),
    "heat_settled": lambda event: (
        "고객이 진정되었습니다" if event.why == "calm" else "알맞은 사람이 다시 전화드렸습니다",
        "the customer is calm" if event.why == "calm" else "called back by somebody trained, or a leader",
    ),
    "task_missed": lambda event: (
        f"과제 {event.number} 기한 초과",
        f"task {event.number} is late; the case moves up",
    ),
    "task_done": lambda event: (f"과제 {event.number} 완료", f"task {event.number} is done"),
    "task_refused": lambda event: (
        f"과제 {event.number} 거절: {event.reason}",
        f"task {event.number} is refused: {event.reason}",
    ),
    "task_cancelled": lambda event: (f"과제 {event.number} 취소", f"task {event.number} is called off"),
    "staff_informed": lambda event: STAFF_NEWS[event.topic](event.staff) if event.reached else None,
    "case_accepted": lambda event: (f"담당자 {event.owner}", f"{event.owner} accepts and owns it"),
    "target_breached": _missed,
    "case_escalated": lambda event: (
        f"{event.level}단계로 올림: {event.owner}",
        f"escalated to level {event.level}, now with {event.owner}: {event.reason}",
    ),
    "contact_logged": _contact,
    "promise_made": lambda _: ("언제까지인지 약속했습니다", "a promise, with its due time"),
    "promise_broken": lambda _: ("약속을 어겼습니다", "the promise is broken"),
    "supervisor_requested": lambda _: ("책임자 면담 요청", "the customer asks for a supervisor"),
    "supervisor_met": lambda _: ("책임자가 만났습니다", "a supervisor has met the customer"),
    "remedy_proposed": lambda event: (
        f"해결안 제시: {_kinds(event)}",
        f"proposed: {_kinds(event)}, {event.total}" + (", needs approval" if event.needs_approval else ""),
    ),
    "remedy_approved": lambda event: (
        f"{event.by.id} 승인",
        f"approved by {event.by.id}, who did not propose it",
    ),
    "authority_exceeded": lambda event: (
        (
            "고객 등급의 추가 보상 예산을 다 썼습니다. 마땅한 보상만 다시 제안합니다",
            "the tier's budget of extras is used up: what is owed is proposed alone",
        )
        if "tier" in event.over
        else (
            "여러 건을 합치면 재량권을 넘습니다",
            "small alone, too much together: another person has to approve",
        )
    ),
    "approval_missed": lambda _: (
        "승인이 늦어지고 있습니다",
        "nobody approved in time; the customer is told",
    ),
    "approval_expired": lambda _: ("승인 기간이 지났습니다", "the approval expired; it is proposed anew"),
    "remedy_agreed": lambda event: (
        ("고객이 받아들였습니다", "the customer accepts") if event.needed else None
    ),
    "remedy_declined": lambda _: ("고객이 거절했습니다", "the customer declines"),
    "step_done": _step,
    "step_refused": lambda event: (f"거절됨: {event.step}", f"refused at {event.step}: {event.reason}"),
    "saga_turned_back": lambda _: ("되돌립니다", "turned back: everything begun is undone"),
    "undo_done": lambda event: (f"{event.step} 취소", f"undone: {event.step}"),
    "remedy_compensated": lambda _: ("모두 되돌렸습니다", "compensated: nothing is left half done"),
    "result_registered": lambda event: ("결과를 등록했습니다", f"result registered: {event.outcome}"),
    "result_notified": lambda event: ("결과를 알려 드렸습니다", f"the customer was told, by {event.channel}"),
    "happy_call_missed": lambda _: ("해피콜 부재중", "happy call: nobody answered"),
    "happy_call_answered": _call,
    "link_delivered": lambda event: (
        ("답변 주소를 보냈습니다", "an answer link is sent") if event.survey == "happy_call" else None
    ),
    "churn_flagged": lambda _: ("이탈이 우려됩니다", "this customer may leave: somebody speaks to them"),
    "double_deviation": lambda _: ("두 번째 회복도 실패했습니다", "the recovery failed as well"),
    "round_opened": lambda event: (
        f"다시 엽니다: {ROUNDS[event.cause][0]}",
        f"reopened: {ROUNDS[event.cause][1]}",
    ),
    "case_taken_in": lambda event: (
        f"같은 일로 접수된 {event.case} 건을 합쳤습니다",
        f"case {event.case} is about the same claim and is part of this one now",
    ),
    "case_joined": lambda event: (
        f"먼저 접수된 {event.into} 건에 합쳤습니다",
        f"joined into {event.into}, which was opened first",
    ),
    "case_linked": lambda event: (
        f"{event.other} 건과 연결했습니다",
        f"linked with case {event.other}",
    ),
    "join_declined": lambda event: (
        f"{event.into} 건에 합치지 못했습니다",
        f"not joined into {event.into}: {event.reason}",
    ),
    "join_told": lambda event: (
        "앞으로 쓰실 접수번호를 알려 드렸습니다" if event.delivered else "합친 것을 알려 드리지 못했습니다",
        "the customer knows which number counts" if event.delivered else "the join reached nobody",
    ),
    "case_split": lambda event: (
        f"잘못 합친 {event.joined} 건을 {event.into} 건으로 다시 나누었습니다",
        f"what was joined from {event.joined} is a case of its own again: {event.into}",
    ),
    "post_removed": lambda event: (
        f"게시글이 {'가려졌습니다' if event.how == 'hidden' else '삭제되었습니다'}",
        f"the public post was {event.how} by {event.by_whom}",
    ),
    "removal_explained": lambda event: (
        f"삭제 사유를 밝혔습니다: {event.legal_ground}",
        f"the firm says why: {event.legal_ground}, approved by {event.approved_by}",
    ),
    "removal_unexplained": lambda _: (
        "삭제 사유를 제때 밝히지 않았습니다",
        "nobody explained in time why the post is gone",
    ),
    "redacted": lambda event: (
        f"{event.seq}번 기록의 글을 지웠습니다: {GROUNDS[event.ground][0]}",
        f"the words of event {event.seq} are erased: {GROUNDS[event.ground][1]}",
    ),
    "redaction_failed": lambda event: (
        f"{event.seq}번 기록을 지우지 못했습니다: {WHY[event.why][0]}",
        f"the words of event {event.seq} stay: {WHY[event.why][1]}",
    ),
    "sales_offer_set_aside": lambda event: (
        f"종결 후에 드릴 제안을 준비했습니다: {event.offer}",
        f"offer {event.offer} waits until the case is closed",
    ),
    "advocate_found": lambda _: ("옹호자 후보입니다", "a candidate for an advocate"),
    "sales_offer_attached": lambda event: (
        f"종결되어 제안을 드릴 수 있습니다: {event.offer}",
        f"closed with a good score, so offer {event.offer} may be made",
    ),
    "answer_given": lambda _: ("답변을 썼습니다", "answered by its owner"),
    "case_ended": lambda event: ENDS[event.end],
}
"""What is told of each kind of event; the rest is for `redress history`."""

BAD = (
    "fallback_alerted",
    "owner_away",
    "task_missed",
    "target_breached",
    "case_escalated",
    "promise_broken",
    "heat_flagged",
    "heat_passed_over",
    "step_refused",
    "saga_turned_back",
    "round_opened",
    "post_removed",
    "removal_unexplained",
)
GOOD = ("remedy_compensated", "happy_call_answered", "case_ended", "step_done")


def told(event: CaseEvent) -> Sentences | None:
    """Return the sentences about an event; None where it goes without saying."""
    telling = TOLD.get(event.kind)
    return telling(event) if telling else None


def colour(event: CaseEvent) -> str:
    """Return how the sentences look."""
    return "yellow" if event.kind in BAD else "green" if event.kind in GOOD else "default"
