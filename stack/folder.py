"""The folder of a running stack: who holds it, what runs from it, and what a killed run left behind."""

import contextlib
import fcntl
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, ValidationError

from stack.addresses import Addresses
from stack.errors import StackError
from stack.processes import end_leftover, identity

RECORD = "run.json"
LOCK = "lock"
TEMPORARY_PREFIX = "redress-stack-"


class RunningProcess(BaseModel):
    """One process of a running stack."""

    model_config = ConfigDict(frozen=True)

    name: str
    pid: int
    identity: str | None
    """Tells this process from a later one with the same pid."""
    stop_signal: int


class RunRecord(BaseModel):
    """What runs from a folder, for other programs to read and for the next start to clear up."""

    model_config = ConfigDict(frozen=True)

    pid: int
    addresses: Addresses
    processes: tuple[RunningProcess, ...] = ()


class Folder:
    """A folder held by one stack at a time."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is touched before `acquire`."""
        self.path = path
        self._held: IO[str] | None = None

    def acquire(self) -> None:
        """Take the folder, and end what a killed run left.

        Raises:
            StackError: Another process holds it; the message names its pid.
        """
        try:
            self.path.mkdir(mode=_mode(), parents=True, exist_ok=True)
            held = (self.path / LOCK).open("a+", encoding="utf-8")
        except OSError as error:
            raise StackError(f"The folder {self.path} cannot be used: {error.strerror}.") from error
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = _first_word(held) or "unknown"
            held.close()
            raise StackError(
                f"The folder {self.path} is in use by process {owner}. End that one first, "
                "or choose another folder."
            ) from error
        held.truncate(0)
        held.write(f"{os.getpid()}\n")
        held.flush()
        self._held = held
        self._end_leftovers()

    def write(self, record: RunRecord) -> None:
        """Write down what runs; a reader finds the old record or the new one, never half of one."""
        unfinished = self.path / f"{RECORD}.new"
        unfinished.write_text(record.model_dump_json(indent=2), encoding="utf-8")
        unfinished.replace(self.path / RECORD)

    def release(self) -> None:
        """Let others have the folder; nothing runs from it any more."""
        if self._held is None:
            return
        (self.path / RECORD).unlink(missing_ok=True)
        self._held.close()
        self._held = None

    def _end_leftovers(self) -> None:
        record = read_record(self.path)
        # In the order of the start, the last one first: workers before what they lean on.
        for process in reversed(record.processes if record else ()):
            if process.identity is not None:
                end_leftover(process.pid, process.identity, signal.Signals(process.stop_signal))
        (self.path / RECORD).unlink(missing_ok=True)


def read_record(folder: Path) -> RunRecord | None:
    """Return what the folder's stack wrote down, running or killed; None where nothing is written."""
    try:
        return RunRecord.model_validate_json((folder / RECORD).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def running(folder: Path) -> RunRecord | None:
    """Return the record of the stack that runs from a folder now; None where none does."""
    record = read_record(folder)
    return record if record and identity(record.pid) and _is_held(folder) else None


def temporary_folder() -> Path:
    """Return a new folder for a stack that keeps nothing, and remove those that killed ones left."""
    for old in Path(tempfile.gettempdir()).glob(f"{TEMPORARY_PREFIX}*"):
        _remove_abandoned(old)
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX))
    folder.chmod(_mode())
    return folder


def _remove_abandoned(path: Path) -> None:
    folder = Folder(path)
    with contextlib.suppress(StackError, OSError):
        # A folder without a record may belong to a stack that is just starting.
        if path.stat().st_uid != os.geteuid() or read_record(path) is None:
            return
        folder.acquire()
        shutil.rmtree(path, ignore_errors=True)
        folder.release()


def _mode() -> int:
    # Postgres does not run as root, and its user must be able to pass through. What the services write
    # below is closed to others in any case.
    return 0o711 if os.geteuid() == 0 else 0o700


def _is_held(folder: Path) -> bool:
    with (folder / LOCK).open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _first_word(held: IO[str]) -> str:
    held.seek(0)
    return held.read().strip()
