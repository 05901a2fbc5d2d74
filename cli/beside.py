"""What is done to a played customer beside all records: they remember it, and tell whoever calls them."""

from datetime import datetime

import httpx

from cli.parts import Deed
from sandbox.calls import SAID
from sandbox.staff_faults import StaffFault


class Beside:
    """The way to the played customers, who stand behind the call centre."""

    def __init__(self, sandbox: str) -> None:
        self._sandbox = sandbox

    async def remember(self, case: str, what: str, at: datetime) -> None:
        """Let the customer of a case remember something."""
        body = {"at": at.isoformat(), "case_id": case, "request": {"kind": "remember", "what": what}}
        async with self._outside() as outside:
            key = {"Idempotency-Key": f"remember-{case}"}
            (await outside.post("/calls/remember", json=body, headers=key)).raise_for_status()

    async def told(self, case: str, fault: StaffFault) -> tuple[Deed, ...]:
        """Return when the customer told the caller of it, as the call centre's own books say."""
        async with self._outside() as outside:
            books = (await outside.get("/calls/books", params={"case_id": case})).raise_for_status().json()
        for deed in books["deeds"]:
            answers = deed["result"].get("answers") or {}
            if SAID[fault].items() <= answers.items():
                return (Deed(case, fault, datetime.fromisoformat(deed["at"])),)
        return ()

    def _outside(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self._sandbox, trust_env=False)
