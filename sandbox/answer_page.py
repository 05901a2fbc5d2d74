"""The page behind an answer link, in Korean or English: questions with their scales, and room for words."""

from html import escape

from sandbox.surveys import OpenSurvey, names_of, range_of

SAYS = {
    "ko": {
        "title": "처리 결과에 대해 여쭙습니다",
        "words": "더 하고 싶은 말씀을 적어 주십시오.",
        "send": "보내기",
        "decline": "답하지 않겠습니다",
        "expected": "좋은 회사라면",
        "perceived": "저희는",
        "thanks": "답해 주셔서 감사합니다. 이 주소로는 다시 답하실 수 없습니다.",
        "gone": "이미 쓰였거나 기한이 지난 주소입니다.",
    },
    "en": {
        "title": "How did it come out?",
        "words": "Anything else that you would like to tell us.",
        "send": "Send",
        "decline": "I would rather not answer",
        "expected": "a good firm",
        "perceived": "our firm",
        "thanks": "Thank you for your answer. This address cannot be used again.",
        "gone": "This address was used already, or it has expired.",
    },
}


def page(survey: OpenSurvey) -> str:
    """Return the page; what is left empty is a missing answer."""
    says = SAYS[survey.language]
    fields = "".join(_field(survey, name) for name in names_of(survey))
    return _document(
        survey.language,
        f"<form method=post>{fields}<p><label>{says['words']}<br><textarea name=verbatim></textarea></label>"
        f"<p><button>{says['send']}</button> <button name=declined value=1>{says['decline']}</button></form>",
    )


def _field(survey: OpenSurvey, name: str) -> str:
    low, high = range_of(name)
    words = escape(_words(survey, name))
    return (
        f"<p><label>{words} ({low}-{high}) "
        f'<input type=number name="{escape(name)}" min={low} max={high}></label>'
    )


def _words(survey: OpenSurvey, name: str) -> str:
    for side in ("expected", "perceived"):
        if name.startswith(f"{side}_"):
            item = name.removeprefix(f"{side}_")
            return f"{survey.questions.get(item, item)} [{SAYS[survey.language][side]}]"
    return survey.questions.get(name, name)


def told(language: str, what: str) -> str:
    """Return a page that only says something: `thanks` or `gone`."""
    return _document(language, f"<p>{SAYS[language][what]}")


def _document(language: str, body: str) -> str:
    title = SAYS[language]["title"]
    head = f"<meta charset=utf-8><title>{title}</title>"
    return f'<!doctype html><html lang="{language}">{head}<h1>{title}</h1>{body}</html>'
