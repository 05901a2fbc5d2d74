"""A finding: one fairness rule that a case broke, the events that prove it, and what can still be done."""

from typing import Literal

from pydantic import Field

from domain.fairness_limits import RuleId
from domain.policy import Language
from domain.record import Instant, Line, Record

Part = Literal["distributive", "procedural", "interactional"]
PARTS: tuple[Part, ...] = ("distributive", "procedural", "interactional")

State = Literal["open", "put_right", "too_late"]
"""Whether it can still be put right at the instant of judgement, was put right since, or is past mending."""

Words = dict[Language, str]


class Finding(Record):
    """One rule broken once.

    Attributes:
        clause: the policy's clause that the rule enforces, else the research that it comes from.
        about: what it is about: a harm line, the number of a contact, a clause; one rule finds it once.
        proof: numbers of the events that prove it, in order.
        since: when it became so.
        what: what happened, for a person.
        repair: how it can still be put right; None where it was, or where it is too late.
    """

    rule: RuleId
    part: Part
    clause: Line
    about: Line
    proof: tuple[int, ...] = Field(min_length=1)
    since: Instant
    state: State
    what: Words
    repair: Words | None


class RuleText(Record):
    """A rule as people read it: its name, where it comes from, and how a breach can be put right."""

    name: Words
    source: Line
    repair: Words


PART_OF: dict[str, Part] = {
    "O": "distributive",
    "P": "procedural",
    "I": "interactional",
    "R": "interactional",
    "S": "interactional",
}


def part_of(rule: RuleId) -> Part:
    """Return the part of fairness that a rule belongs to."""
    return PART_OF[rule[0]]


def said(ko: str, en: str) -> Words:
    """Return words in both languages."""
    return {"ko": ko, "en": en}


TAX = "Tax, Brown & Chandrashekaran 1998"
TEXTS: dict[RuleId, RuleText] = {
    "O1": RuleText(
        name=said("여러 피해를 살피지 않은 단편적 보상", "a remedy that overlooks stated harm"),
        source=f"{TAX}: distributive justice, need",
        repair=said(
            "남은 피해 항목을 보상하거나 근거를 들어 거절하고 고객에게 알리십시오.",
            "decide the harm line that is left, by a remedy or a reasoned refusal, and tell the customer",
        ),
    ),
    "O2": RuleText(
        name=said("지나치게 짧은 품질보증 기간", "a warranty that is too short"),
        source="Korean consumer dispute standards: warranty periods",
        repair=said(
            "상급자가 호의 보상으로 다시 판단하십시오.",
            "have a supervisor decide it anew as a matter of goodwill",
        ),
    ),
    "O3": RuleText(
        name=said("제품 가격에 비해 과다한 서비스 비용", "fees out of proportion to the price"),
        source=f"{TAX}: distributive justice, equity",
        repair=said("비용을 한도까지 낮추거나 면제하십시오.", "waive the fee, or bring it down to the limit"),
    ),
    "O4": RuleText(
        name=said("제안에 대한 무응답", "a suggestion without an answer"),
        source=f"{TAX}: procedural justice, process control; Davidow 2003: attentiveness",
        repair=said(
            "제안을 채택·보류·거절 중 무엇으로 정했는지 답하십시오.", "answer it: adopted, held or declined"
        ),
    ),
    "O5": RuleText(
        name=said("하자에도 고객에게 지운 배송비", "the customer pays shipping for our fault"),
        source="Korean e-commerce act, article 18(10)",
        repair=said(
            "비용을 회사 부담으로 바꾸고 이미 낸 배송비를 돌려 드리십시오.",
            "let the firm pay, and refund the shipping that the customer has paid",
        ),
    ),
    "P1": RuleText(
        name=said("복잡하고 불편한 접수 절차", "a claim that is hard to hand in"),
        source=f"{TAX}: procedural justice, accessibility; Davidow 2003: facilitation",
        repair=said(
            "불편을 사과하고, 남은 정보는 저희가 직접 확인하십시오.",
            "apologise for it, and find out by ourselves what is still missing",
        ),
    ),
    "P2": RuleText(
        name=said("지워진 기록", "a record that disappeared"),
        source="Davidow 2003: credibility; ISO 10002:2018: complaints are tracked to their end",
        repair=said(
            "사라진 기록을 원본에서 되찾고, 지운 근거와 승인자를 기록하십시오.",
            "find the lost record in its source, or record why and by whose approval it was hidden",
        ),
    ),
    "P3": RuleText(
        name=said("긴 대기와 책임 떠넘기기", "long waits, and being passed on"),
        source=f"{TAX}: procedural justice, accessibility; Dixon, Freeman & Toman 2010: effort",
        repair=said(
            "한 사람이 끝까지 맡고, 고객이 같은 설명을 되풀이하지 않게 하십시오.",
            "let one person keep the case, who knows what the customer has told already",
        ),
    ),
    "P4": RuleText(
        name=said("늦은 해결 또는 경과 안내 누락", "too slow, or silent meanwhile"),
        source=f"{TAX}: procedural justice, timing; Smith, Bolton & Wagner 1999: response speed",
        repair=said(
            "늦어진 까닭과 다음 일정을 바로 알리고 해결하십시오.",
            "tell the customer at once why it is late and what comes when, and settle it",
        ),
    ),
    "P5": RuleText(
        name=said("까다롭고 알기 어려운 규정", "rules that are hard to understand"),
        source=f"{TAX}: interactional justice, explanation; Davidow 2003: credibility",
        repair=said(
            "적용한 조항과 이유를 쉬운 말로 다시 알리십시오.",
            "tell the customer again, in plain words, which clause was applied and why",
        ),
    ),
    "I1": RuleText(
        name=said("친절하지만 사무적인 응대", "courteous, and cold"),
        source=f"{TAX}: interactional justice, empathy",
        repair=said(
            "고객이 겪은 일을 짚어 다시 말씀드리십시오.",
            "speak to the customer again, about what happened to them",
        ),
    ),
    "I2": RuleText(
        name=said("전문용어와 고객 탓", "jargon, or blame without evidence"),
        source=f"{TAX}: interactional justice, honesty and politeness",
        repair=said(
            "쉬운 말로 다시 설명하고, 근거 없는 책임 판단을 거두십시오.",
            "explain it in plain words, and withdraw what was put on the customer without evidence",
        ),
    ),
    "I3": RuleText(
        name=said("격한 감정에 맞선 응대", "anger met with anger"),
        source=f"{TAX}: interactional justice, politeness",
        repair=said(
            "상급자가 연락하여 사과하고 이어서 맡으십시오.",
            "have a supervisor call, apologise and take over",
        ),
    ),
    "I4": RuleText(
        name=said("무시된 상급자 면담 요청", "a request for a supervisor that was ignored"),
        source=f"{TAX}: procedural justice, decision control; interactional justice, effort",
        repair=said(
            "상급자가 지금 고객을 만나고 그 연락을 기록하십시오.",
            "have a supervisor meet the customer now, and record that contact",
        ),
    ),
    "I5": RuleText(
        name=said("고객 정보를 살피지 않은 획일적 응대", "the customer's own record ignored"),
        source=f"{TAX}: distributive justice, need; Maxham & Netemeyer 2002: repeated failures",
        repair=said(
            "고객 이력을 확인하고 앞선 실패와 약속을 인정하는 방안을 다시 내십시오.",
            "read the customer's record, and propose anew with regard to what went wrong before",
        ),
    ),
    "R4": RuleText(
        name=said("사과도 설명도 없는 처리", "neither an apology nor an explanation"),
        source=f"{TAX}: interactional justice; CCMC/ASU 2013: 76 % wanted an apology",
        repair=said("고객에게 사과하거나 까닭을 설명하십시오.", "apologise to the customer, or explain"),
    ),
    "R90": RuleText(
        name=said("같은 말의 되풀이", "the same words twice"),
        source=f"{TAX}: interactional justice, effort; Davidow 2003: attentiveness",
        repair=said(
            "이 고객의 사정을 살펴 새로운 말로 다시 안내하십시오.",
            "write anew, in words about what this customer's matter is now",
        ),
    ),
    "S1": RuleText(
        name=said("좋은 점수 부탁", "a score that was begged for"),
        source=f"{TAX}: interactional justice, honesty",
        repair=said(
            "고객에게 사과하고, 이 답을 만족도에서 빼십시오.",
            "apologise to the customer, and leave this answer out of every satisfaction figure",
        ),
    ),
}
"""Every rule as people read it."""
