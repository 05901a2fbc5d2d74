"""Names that client, worker and workflow share: task queue, workflow ids, search attributes."""

from temporalio.common import SearchAttributeKey

from domain.theme import PREFIX

TASK_QUEUE = "redress"
"""Where workers listen."""

CASE_WORKFLOW = "Case"
"""The workflow type."""

IMPROVEMENT_WORKFLOW = "Improvement"
"""The workflow type of improvement requests."""

IMPROVEMENTS_BEGIN = "improvement-"
"""How the workflow id of an improvement request begins; what follows is its number."""

STAGE = SearchAttributeKey.for_keyword("RedressStage")
"""Where in its life a case stands, or an improvement request."""

OWNER = SearchAttributeKey.for_keyword("RedressOwner")
"""Staff id of the owner."""

SEVERITY = SearchAttributeKey.for_keyword("RedressSeverity")
"""low, normal, high or critical."""

PARKED = SearchAttributeKey.for_bool("RedressParked")
"""Whether the case waits for a human."""

CONFLICT = SearchAttributeKey.for_bool("RedressConflict")
"""Whether the ledger holds another history under this case (see `redress revive`)."""

SEARCH_ATTRIBUTES = (STAGE, OWNER, SEVERITY, PARKED, CONFLICT)
"""Everything that must be registered with the server; none holds personal data."""

MEMO_OPENING = "opening"
"""Memo field: digest of the opening, by which a repeated opening is told from another text."""

MEMO_KEY = "key"
"""Memo field: digest of (source, key), by which a collision of numbers is told."""

CATCHING_UP = "the case has not yet taken in what came back while it had no worker; ask again"
"""What a query hears that came before its workflow task; `client.Redress.view` asks again by itself."""


def workflow_id(number: str) -> str:
    """Return the workflow id of a case number."""
    return f"case-{number}"


def improvement_workflow_id(id_: str) -> str:
    """Return the workflow id of an improvement request."""
    return IMPROVEMENTS_BEGIN + id_.removeprefix(PREFIX)
