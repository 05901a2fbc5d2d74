"""V8, outside the ledger: no personal data in ids, memos, search attributes, summaries or logs."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from temporalio.client import WorkflowExecution

from cli.checks import personal
from cli.checks.evidence import Ledger
from client import Redress
from domain.theme import PREFIX
from ledger.breach import Breach
from ledger.fold import fold_request
from ledger.personal import pattern_of
from workflows.names import IMPROVEMENT_WORKFLOW, IMPROVEMENTS_BEGIN

SUMMARIES_OF = 50
"""Cases whose whole history is searched for summaries; of the others ids, memo and search attributes are."""


async def privacy_breaches(
    redress: Redress, ledger: Ledger, requests: Ledger, logs: Sequence[Path]
) -> tuple[Breach, ...]:
    """Name every place at which a personal value of a case stands where everybody may read."""
    values = {case_id: personal.values_of(entries) for case_id, entries in ledger.items()}
    cases_of = {
        id_: [case.case_id for case in fold_request(entries).cases]
        for id_, entries in requests.items()
        if all(entry.body for entry in entries)
    }
    found = []
    seen = 0
    async for execution in redress.executions():
        number = execution.id.removeprefix("case-")
        texts = [*await _open_texts(execution)]
        if seen < SUMMARIES_OF:
            texts += [text async for text in redress.summaries(number)]
        seen += 1
        hits = _hits(values.get(number, ()), texts)
        found += [Breach("V8", number, f"a personal value stands in {place}") for place in hits]
    async for execution in redress.executions(kind=IMPROVEMENT_WORKFLOW):
        id_ = PREFIX + execution.id.removeprefix(IMPROVEMENTS_BEGIN)
        texts = [*await _open_texts(execution), *[text async for text in redress.summaries(id_)]]
        members = {value for case_id in cases_of.get(id_, ()) for value in values.get(case_id, ())}
        found += [Breach("V8", id_, f"a personal value stands in {place}") for place in _hits(members, texts)]
    for number, path in _in_logs(values, logs):
        found.append(Breach("V8", number, f"a personal value stands in the log {path.name}"))
    return tuple(found)


async def _open_texts(execution: WorkflowExecution) -> list[tuple[str, str]]:
    memo = await execution.memo()
    pairs = execution.typed_search_attributes.search_attributes
    return [
        ("the workflow id", execution.id),
        *((f"memo field {name}", str(value)) for name, value in memo.items()),
        *((f"search attribute {pair.key.name}", str(pair.value)) for pair in pairs),
    ]


def _hits(values: Collection[str], texts: list[tuple[str, str]]) -> Iterator[str]:
    patterns = [pattern_of(value) for value in values if value.strip()]
    for place, text in texts:
        if any(pattern.search(text) for pattern in patterns):
            yield place


def _in_logs(values: dict[str, Collection[str]], logs: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    for path in logs:
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        for number, of_case in values.items():
            if any(True for _ in _hits(of_case, [("log", text)])):
                yield number, path
