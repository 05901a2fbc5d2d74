"""What the notices of a case say of it, in the customer's language: names, harms, remedies, dates."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from domain.assignment import Assignment
from domain.budget import AnyBudget
from domain.explanation import budget_words
from domain.intake import Intake
from domain.plan import Before, LineDecision
from domain.policy import Guarantee, Harm, Language, Policy, RemedyKind
from domain.spoken import ToneWords
from domain.triage import HarmLine

Both = tuple[str, str]
"""A text in Korean and in English."""

HARMS: dict[Harm, Both] = {
    "price": ("구매하신 금액", "what you paid"),
    "shipping": ("배송비", "shipping"),
    "time": ("기다리신 시간", "the time you lost"),
    "trouble": ("겪으신 불편", "your trouble"),
    "consequential": ("그로 인한 손해", "the loss that followed"),
}

REMEDIES: dict[RemedyKind, Both] = {
    "refund": ("내신 돈을 돌려 드립니다", "we pay your money back"),
    "exchange": ("새 상품으로 바꿔 드립니다", "we send you a new one"),
    "repair": ("비용 없이 고쳐 드립니다", "we repair it free of charge"),
    "return_shipping": ("돌려보내시는 배송비를 드립니다", "we pay for sending it back"),
    "coupon": ("할인 쿠폰을 드립니다", "we give you a coupon"),
    "points": ("적립금을 드립니다", "we give you points"),
    "membership": ("회원 혜택을 드립니다", "we give you a membership"),
    "information": (
        "필요하신 정보를 먼저 보내 드립니다",
        "we send you the news and advice that help you first",
    ),
    "fee_refund": ("내신 수수료를 돌려 드립니다", "we pay the fee back"),
    "goodwill_credit": ("사과의 뜻으로 금액을 드립니다", "we pay you something to make up for it"),
    "correction": ("잘못된 기록을 바로잡아 드립니다", "we correct what was recorded wrongly"),
    "reissued_card": ("카드를 다시 만들어 드립니다", "we send you a new card"),
    "free_service": ("비용 없이 서비스를 해 드립니다", "we do the service free of charge"),
    "installation": ("제대로 설치해 드립니다", "we install it properly"),
    "instruction": ("사용법을 직접 알려 드립니다", "we show you how it works"),
    "apology": ("진심으로 사과드립니다", "we apologise"),
    "apology_letter": ("글로 사과드립니다", "we apologise in writing"),
    "manager_apology": ("책임자가 직접 사과드립니다", "the manager who answers for it apologises in person"),
    "recognition": (
        "알려 주신 뜻을 기려 감사를 전합니다",
        "we thank you by name for what you brought to light",
    ),
    "explanation": ("무엇이 왜 잘못되었는지 설명해 드립니다", "we explain what went wrong and why"),
    "refusal": ("죄송하지만 해 드리지 못합니다", "we are sorry that we cannot do this"),
}

OUTCOMES: dict[str, Both] = {
    "upheld": ("살펴보니 고객님 말씀이 맞았습니다.", "We looked into it, and you are right."),
    "partly_upheld": (
        "살펴보니 고객님 말씀 가운데 일부가 맞았습니다.",
        "We looked into it, and you are right in part.",
    ),
    "not_upheld": (
        "살펴보았으나 말씀하신 대로 해 드리지는 못합니다.",
        "We looked into it, and we cannot do what you asked for.",
    ),
}

LATE: dict[str, Both] = {
    "acknowledge": ("접수 확인", "our confirmation"),
    "accept": ("담당자 배정", "finding the person who takes care of it"),
    "owner_accepts": ("담당자 배정", "finding the person who takes care of it"),
    "first_response": ("첫 답변", "our first answer"),
    "next_update": ("진행 상황 안내", "our next word to you"),
    "call_back": ("다시 드리기로 한 전화", "calling you back"),
    "resolve": ("해결", "putting it right"),
    "result_notice": ("결과 안내", "telling you the result"),
    "approval": ("해결 방안의 승인", "deciding on what we offer you"),
}
"""What is late, for the customer; a clock that is not here is a duty of ours."""

DUTY: Both = ("법이나 규정이 정한 처리", "what we owe you by law or rule")
NOTHING_TO_DO: Both = ("따로 하실 일은 없습니다.", "There is nothing that you need to do.")
DEAR: Both = ("고객님,", "Hello,")
CALLED: Both = (
    "며칠 안에 전화드려 정말 해결되었는지 여쭙겠습니다.",
    "In a few days we will call to ask whether it has really been put right.",
)
NOT_CALLED: Both = (
    "전화를 원하지 않으셔서 따로 전화드리지 않습니다. 풀리지 않은 점이 있으면 이 메시지에 답해 주십시오.",
    "You asked us not to call, so we will not. If anything is still wrong, please reply to this message.",
)
APPEAL: Both = (
    "동의하지 않으시면 재심을 청하실 수 있으며, 이 건에 관여하지 않은 사람이 다시 살펴봅니다.",
    "If you do not agree, you may appeal; somebody who took no part so far will look at it afresh.",
)


def in_(language: Language, both: Both) -> str:
    """Return the text in a language."""
    return both[0] if language == "ko" else both[1]


def common(policy: Policy, before: Before, assignment: Assignment) -> dict[str, str]:
    """Return what every notice can say of a case; empty where the case does not know it."""
    intake, language = before.intake, before.intake.language
    return {
        "address": _address(policy, intake),
        **_in_tone(policy, intake),
        "owner": owner(policy, assignment, language),
        "product": _product(before),
        "happened": happened(before.triage.harm_lines, language),
        "guarantee": _guarantees(policy, intake, language),
        "outside_body": policy.outside_body[language],
        "appeal_within": within(policy.appeal_window, language),
        "reopen_within": within(policy.reopen_window, language),
    }


def _address(policy: Policy, intake: Intake) -> str:
    """Address a customer as the policy says for what the CRM knows of them and for the tone chosen."""
    tier = intake.customer.tier if intake.customer else "none"
    entries = policy.spoken.address if policy.spoken else ()
    fits = (
        each.words[intake.language]
        for each in entries
        if (not each.tiers or tier in each.tiers) and (not each.tones or intake.manner.tone in each.tones)
    )
    return next(fits, in_(intake.language, DEAR))


def _in_tone(policy: Policy, intake: Intake) -> dict[str, str]:
    """Say what the tone adds that the policy chose from this customer's profile (R64)."""
    tones, tone = policy.spoken.tones if policy.spoken else {}, intake.manner.tone
    words = tones.get(tone, ToneWords()) if tone is not None else ToneWords()
    return {
        "opening": words.opening.get(intake.language, ""),
        "closing": words.closing.get(intake.language, ""),
    }


def owner(policy: Policy, assignment: Assignment, language: Language) -> str:
    """Name who answers for the case: its owner, before that the first supervisor of its department."""
    department = policy.department(assignment.department or policy.fallback_department)
    person = assignment.owner or department.levels[0]
    names = policy.spoken.names if policy.spoken else {}
    if person not in names:
        return department.name[language]
    name, team = names[person][language], department.name[language]
    return f"{team} {name}" if language == "ko" else f"{name} ({team})"


def _product(before: Before) -> str:
    order = before.intake.order
    bought = [line.product for line in order.lines] if order is not None and order.known else []
    return ", ".join(dict.fromkeys(bought)) or before.triage.product or ""


def happened(lines: Iterable[HarmLine], language: Language) -> str:
    """Say what the customer claims, line by line, in their own words where they gave any."""
    return "\n".join(_harm(line, language) for line in lines)


def _harm(line: HarmLine, language: Language) -> str:
    amount = f" ({line.amount})" if line.amount is not None else ""
    stated = f": {line.stated}" if line.stated else ""
    return f"- {in_(language, HARMS[line.harm])}{amount}{stated}"


def _guarantees(policy: Policy, intake: Intake, language: Language) -> str:
    """Say the terms that hold for this customer: of delivery only where goods may have been ordered."""
    return " ".join(each.terms[language] for each in policy.guarantees if _applies(each, intake))


def _applies(guarantee: Guarantee, intake: Intake) -> bool:
    order = intake.order
    return guarantee.promise == "response" or order is None or order.known


def decided(before: Before, decisions: Iterable[LineDecision], language: Language) -> str:
    """Say what becomes of each harm line: the remedy with its amount, or the refusal with its reason."""
    harms = {line.id: in_(language, HARMS[line.harm]) for line in before.triage.harm_lines}
    return "\n".join(_decision(each, harms, language) for each in decisions)


def _decision(decision: LineDecision, harms: dict[str, str], language: Language) -> str:
    what = in_(language, REMEDIES[decision.remedy])
    amount = f", {decision.amount}" if decision.amount is not None else ""
    why = f" ({decision.reason})" if decision.remedy == "refusal" and decision.reason else ""
    harm = harms.get(decision.harm_line) or _other_line(decision, language)
    return f"- {harm}: {what}{amount}{why}"


def _other_line(decision: LineDecision, language: Language) -> str:
    """Name what nobody stated as a harm: shipping that comes back, or a guarantee that pays."""
    if decision.harm_line.startswith("guarantee "):
        return in_(language, ("서비스 보증", "our service guarantee"))
    return in_(language, HARMS["shipping"])


def clauses(policy: Policy, ids: Iterable[str | None], language: Language) -> str:
    """Say in plain words the clauses on which a decision rests."""
    known = {clause.id: clause for clause in policy.clauses}
    named = dict.fromkeys(id_ for id_ in ids if id_ in known)
    return " ".join(known[id_].plain[language] for id_ in named if id_ is not None)


def within(budget: AnyBudget, language: Language) -> str:
    """Return a length of time in words."""
    return in_(language, budget_words(budget))


def day(instant: datetime, policy: Policy, language: Language) -> str:
    """Return until when, for a person: the end of a day is that day, not midnight of the next."""
    local = instant.astimezone(ZoneInfo(policy.calendar.timezone))
    if local.time() == time():
        whole = local.date() - timedelta(days=1)
        return f"{whole.year}년 {whole.month}월 {whole.day}일" if language == "ko" else f"{whole:%d %B %Y}"
    if language == "ko":
        return f"{local.year}년 {local.month}월 {local.day}일 {local.hour}시 {local.minute}분"
    return f"{local:%H:%M on %d %B %Y}"


def to_do(what: str, by: datetime | None, policy: Policy, language: Language) -> str:
    """Say what the customer has to do and until when; that there is nothing where there is nothing."""
    if not what:
        return in_(language, NOTHING_TO_DO)
    if by is None:
        return what
    until = day(by, policy, language)
    return f"{what} ({until}까지)" if language == "ko" else f"{what} (by {until})"


def next_step(before: Before, kind: Literal["result", "final_position"]) -> str:
    """Say what happens next: a call, none where the customer wants none, or the way to appeal."""
    if kind == "final_position":
        return in_(before.intake.language, APPEAL)
    customer = before.intake.customer
    called = customer is None or customer.consent_to_calls
    return in_(before.intake.language, CALLED if called else NOT_CALLED)


def late(target: str, language: Language) -> str:
    """Say what is late."""
    return in_(language, LATE.get(target, DUTY))
