"""What staff make of a complaint on reading it: kind, cause, harms, and what the customer wants."""

import re
from dataclasses import dataclass

from domain.policy import Harm, Severity, VocType
from domain.triage import HarmLine
from sandbox.scene import Scene

KINDS: tuple[tuple[VocType, str], ...] = (
    ("compliment", r"칭찬|감사드려요|감사합니다|고맙|thank you|wonderful|well done"),
    ("suggestion", r"제안|건의|있으면 좋겠|suggest|it would be nice|please consider"),
    ("inquiry", r"문의|궁금|알려 주세요|인가요\?|how do i|could you tell|do you ship"),
)
CAUSES: tuple[tuple[str, str], ...] = (
    ("wrong_item", r"다른 (색|상품|제품|사이즈)|잘못 (왔|배송|보내)|wrong (item|size|colou?r|model)"),
    ("design", r"설계|디자인이 불편|구조가"),
    ("missing_part", r"빠져|누락|없어요|missing"),
    ("late_delivery", r"늦|아직도 안 왔|안 왔어요|배송이|late|has not arrived|never came"),
    ("misdescription", r"사진과|설명과|광고|described|photo|advertis|disclos"),
    (
        "defect",
        r"고장|깨|불량|작동|새요|소리가|금이|탄 냄새|broke|spark|crack|leak|stopped|smoke",
    ),
    ("debt_not_owed", r"debt (is )?not (mine|yours|owed)|debt not owed|debt was paid|not owed"),
    ("card_not_received", r"card (was )?(not|never) received|reissue|replacement card"),
    ("unauthorised_payment", r"unauthori[sz]ed|fraud|identity theft|transaction"),
    ("wrong_record", r"incorrect information|report|information|account status|reinserted"),
    ("fee", r"\bfees?\b|interest|charged|overdraft|funds being low"),
    ("late_payment_posting", r"payment|payoff"),
    ("billing_error", r"billing|statement|account opening"),
    ("price", r"가격|비싸|price"),
    ("service", r"불친절|상담원|기사님|rude|staff|communication|service|contact"),
)
SAFETY = r"탄 냄새|감전|화재|연기|smoke|spark|burn"
VULNERABLE = r"어머니|할머니|어르신|older american|my mother|elderly"
EXCHANGE = r"교환|바꿔|exchange|replace"
GOODS = ("defect", "design", "wrong_item", "missing_part", "misdescription")
MONEY = ("fee", "billing_error", "unauthorised_payment", "late_payment_posting", "price")


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What triage will say."""

    voc_type: VocType
    cause: str
    severity: Severity
    safety: bool
    vulnerable: bool
    wants: str
    harms: tuple[Harm, ...]


def diagnose(scene: Scene) -> Diagnosis:
    """Read the customer's words as a member of staff would."""
    opening = scene.opening
    words = f"{opening.issue or ''} {opening.text}".lower()
    read: VocType = next((kind for kind, sign in KINDS if re.search(sign, words)), "complaint")
    kind = opening.voc_type or read
    cause = next((cause for cause, sign in _known(scene) if re.search(sign, words)), "other")
    return Diagnosis(
        voc_type=kind,
        cause=cause,
        severity=_severity(scene),
        safety=bool(re.search(SAFETY, words)),
        vulnerable=bool(re.search(VULNERABLE, words)),
        wants="exchange" if re.search(EXCHANGE, words) else "refund",
        harms=_harms(scene, kind, cause),
    )


def _known(scene: Scene) -> tuple[tuple[str, str], ...]:
    return tuple((cause, sign) for cause, sign in CAUSES if cause in scene.policy.causes)


def _severity(scene: Scene) -> Severity:
    luck = scene.between(1, 100, "severity")
    return "low" if luck <= 10 else "high" if luck > 85 else "normal"  # noqa: PLR2004 - shares in percent


def _harms(scene: Scene, kind: VocType, cause: str) -> tuple[Harm, ...]:
    if kind != "complaint":
        return ()
    first: Harm = "price" if cause in (*GOODS, *MONEY) else "time" if cause == "late_delivery" else "trouble"
    return (first, "time") if first == "price" and scene.likely(0.3, "second harm") else (first,)


def triage(scene: Scene) -> dict[str, object]:
    """Return the fields of the triage command."""
    found = diagnose(scene)
    said = {
        "voc_type": found.voc_type,
        "cause": found.cause if found.voc_type == "complaint" else None,
        "severity": found.severity,
        "safety": found.safety,
        "vulnerable": found.vulnerable,
        "wants": found.wants if found.voc_type == "complaint" else None,
        "harm_lines": [line.model_dump(mode="json", exclude_none=True) for line in _stated(scene, found)],
    }
    return {name: value for name, value in said.items() if value is not None}


CLAIMED = HarmLine(id="claimed-later", harm="consequential")
"""What some customers add once they have seen what it cost them."""


def _stated(scene: Scene, found: Diagnosis) -> tuple[HarmLine, ...]:
    """Return the harms that staff read, and what the customer has claimed in the meantime."""
    read = tuple(HarmLine(id=harm, harm=harm) for harm in found.harms)
    return (*read, *(line for line in scene.view.harm_lines if line.id == CLAIMED.id))


def harm_lines(scene: Scene) -> tuple[str, ...]:
    """Return the ids of every harm line that has to be decided."""
    return tuple(line.id for line in scene.view.harm_lines)
