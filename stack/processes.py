"""What the operating system knows about processes: whether one is still the same, and as whom to run one."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError

_AFTER_NAME_STATE = 0
_AFTER_NAME_START = 19


def identity(pid: int) -> str | None:
    """Return what tells this process from any later one with the same pid; None when it is gone.

    Without `/proc` nothing is known of any process, so that what an earlier run left is left alone.
    """
    try:
        # The name may hold spaces and brackets, so fields are counted from its last bracket.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    if fields[_AFTER_NAME_STATE] in "ZX":
        return None
    return f"{boot}:{fields[_AFTER_NAME_START]}"


def end_leftover(pid: int, known: str, stop_signal: signal.Signals, *, patience: float = 5.0) -> bool:
    """End a process of an earlier run, if it is still the very same one; tell whether it was there."""
    if identity(pid) != known:
        return False
    for each in (stop_signal, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, each)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if identity(pid) != known:
                return True
            time.sleep(0.02)
    raise StackError(f"Process {pid}, left by an earlier run, does not end.")


def dies_with_parent(stop_signal: signal.Signals) -> tuple[str, ...]:
    """Return a command prefix that ends the child when we are killed.

    A `preexec_fn` could ask the kernel for the same, but is unsafe beside the SDK's threads. Where
    `setpriv` is missing, the next start clears up.
    """
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--") if setpriv else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAs:
    """As whom a child runs: a user to change to, or a prefix that does it in a user namespace."""

    user: int | None = None
    group: int | None = None
    prefix: tuple[str, ...] = ()

    @property
    def extra_groups(self) -> list[int] | None:
        """The further groups of a changed user: none, for root's own would be kept."""
        return None if self.user is None else []

    def own(self, folder: Path) -> None:
        """Give a folder and all that is in it to the user."""
        if os.geteuid() != 0:
            return
        user, group = self.user or 0, self.group or 0
        os.chown(folder, user, group)
        for path in folder.rglob("*"):
            os.chown(path, user, group, follow_symlinks=False)


OURSELVES = RunAs()


def unprivileged(*paths: Path) -> RunAs:
    """Return how to run a program that refuses to run as root and must reach the given paths."""
    if os.geteuid() != 0:
        return OURSELVES
    nobody = pwd.getpwnam("nobody")
    if all(_reachable_for_others(path) for path in paths):
        return RunAs(user=nobody.pw_uid, group=nobody.pw_gid)
    # Inside a folder that only root may enter, nobody can work: a user namespace keeps root's rights on
    # files while the program sees another user.
    prefix = ("unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}", "--")
    if _works((*prefix, "true")):
        return RunAs(prefix=prefix)
    closed = next(path for path in paths if not _reachable_for_others(path))
    raise StackError(
        f"Postgres does not run as root, and the user nobody cannot reach {closed}. "
        "Choose a folder that others may enter (mode 0711), or do not run as root."
    )


def _reachable_for_others(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in path.absolute().parents if parent.exists())


def _works(command: tuple[str, ...]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603
    except OSError:
        return False
