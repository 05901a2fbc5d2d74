"""Finds the Temporal server's binary, or builds it once from the pinned Go module beside this file."""

import asyncio
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import temporalio.testing
from rich.console import Console
from rich.status import Status

from stack.addresses import cache_folder
from stack.errors import StackError

VARIABLE = "REDRESS_TEMPORAL_CLI"
MODULE = Path(__file__).parent / "temporal"
PACKAGE = "github.com/temporalio/cli/cmd/temporal"

_DOWNLOAD_PATIENCE = 180.0
_QUIET_INTERVAL = 30.0
_GO_ENVIRONMENT = {
    # An inherited -mod=vendor or a workspace file around us would change what is built.
    "GOFLAGS": "-mod=readonly",
    "GOWORK": "off",
    "CGO_ENABLED": "0",
}


def pinned_version() -> str:
    """Return the version of the Temporal CLI that the Go module pins."""
    found = re.search(r"github\.com/temporalio/cli v(\d+\.\d+\.\d+)", (MODULE / "go.mod").read_text())
    if found is None:
        raise StackError(f"{MODULE / 'go.mod'} pins no version of the Temporal CLI.")
    return found.group(1)


def cached_path() -> Path:
    """Return where the built binary is kept; another pin is another path."""
    digest = hashlib.sha256((MODULE / "go.mod").read_bytes() + (MODULE / "go.sum").read_bytes())
    return cache_folder() / f"temporal-{digest.hexdigest()[:16]}"


async def find_temporal() -> Path:
    """Return a binary that is new enough.

    The order: the one that `REDRESS_TEMPORAL_CLI` names, `temporal` on the PATH, one that an earlier
    call downloaded or built, the SDK's download, a build.

    Raises:
        StackError: There is none and none can be built; the message says what to do.
    """
    found = named() or on_path() or cached() or await download()
    return found if found is not None else await asyncio.to_thread(build)


def named() -> Path | None:
    """Return the binary that the environment names; naming one that cannot run is an error."""
    value = os.environ.get(VARIABLE)
    if not value:
        return None
    path = Path(value)
    if version_of(path) is None:
        raise StackError(f"{VARIABLE} names {value}, which is not a Temporal CLI that runs here.")
    return path


def on_path() -> Path | None:
    """Return `temporal` from the PATH where it is new enough."""
    found = shutil.which("temporal")
    version = version_of(Path(found)) if found else None
    return Path(found) if found and version and version >= _numbers(pinned_version()) else None


def cached() -> Path | None:
    """Return the binary that an earlier call built or downloaded."""
    return next((path for path in (cached_path(), *_downloads()) if os.access(path, os.X_OK)), None)


async def download() -> Path | None:
    """Let the SDK download the binary; where the network is closed this fails within milliseconds."""
    _download_folder().mkdir(parents=True, exist_ok=True)
    try:
        async with asyncio.timeout(_DOWNLOAD_PATIENCE):
            # The SDK downloads only as part of a start.
            server = await temporalio.testing.WorkflowEnvironment.start_local(
                download_dest_dir=str(_download_folder()),
                dev_server_download_version=f"v{pinned_version()}",
            )
            await server.shutdown()
    except (RuntimeError, TimeoutError):
        return None
    return next(iter(_downloads()), None)


def build(report: Callable[[str], None] | None = None) -> Path:
    """Build the binary with Go, once for all processes of this machine; later calls find it."""
    target = cached_path()
    target.parent.mkdir(parents=True, exist_ok=True)
    with _progress_line(report) as say, _one_at_a_time(target.with_suffix(".lock"), say):
        if not os.access(target, os.X_OK):
            _compile(target, say)
    return target


def version_of(path: Path) -> tuple[int, ...] | None:
    """Return the version that a Temporal CLI reports; None for what is no Temporal CLI."""
    try:
        done = subprocess.run(  # noqa: S603
            [str(path), "--version"], check=False, capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"temporal version (\d+\.\d+\.\d+)", done.stdout)
    return _numbers(found.group(1)) if found else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _download_folder() -> Path:
    return cache_folder() / "downloaded"


def _downloads() -> Iterator[Path]:
    return _download_folder().glob(f"*{pinned_version()}*")


def _compile(target: Path, say: Callable[[str], None]) -> None:
    go = shutil.which("go")
    version = pinned_version()
    if go is None:
        raise StackError(
            f"No Temporal server is here, it could not be downloaded, and Go, which would build it, is "
            f"missing. Install Go (the version in {MODULE / 'go.mod'}) and start again; or install the "
            f"Temporal CLI {version} or newer on the PATH; or name its binary in {VARIABLE}."
        )
    # `go list` fetches the sources; `go mod download` would ask for a file that some proxies refuse.
    say("fetching the sources")
    listed = _run_go([go, "list", "-deps", PACKAGE], lambda _: None)
    total = len(listed)
    unfinished = target.with_suffix(f".{os.getpid()}")
    flags = f"-s -w -X github.com/temporalio/cli/internal/temporalcli.Version={version}"
    compiled = 0

    def count(_: str) -> None:
        nonlocal compiled
        compiled += 1
        say(f"{compiled} of at most {total} packages compiled")

    try:
        _run_go([go, "build", "-v", "-o", str(unfinished), "-ldflags", flags, PACKAGE], count)
        # The name appears only with the whole file behind it.
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _run_go(command: list[str], each_line: Callable[[str], None]) -> list[str]:
    lines: list[str] = []
    environment = {**os.environ, **_GO_ENVIRONMENT}
    with subprocess.Popen(  # noqa: S603
        command,
        cwd=MODULE,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            each_line(line)
    if process.returncode != 0:
        said = "\n".join(f"  {line}" for line in lines[-12:])
        raise StackError(f"Go could not build the Temporal server ({' '.join(command[1:3])}):\n{said}")
    return lines


@contextmanager
def _one_at_a_time(lock: Path, say: Callable[[str], None]) -> Iterator[None]:
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for the build of another process")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextmanager
def _progress_line(report: Callable[[str], None] | None) -> Iterator[Callable[[str], None]]:
    """Show what the build does: one living line in a terminal, a line now and then elsewhere."""
    if report is not None:
        yield report
        return
    console = Console(stderr=True)
    started = time.monotonic()
    last = started - _QUIET_INTERVAL
    with Status("Building the Temporal server", console=console) as status:

        def say(what: str) -> None:
            nonlocal last
            minutes, seconds = divmod(int(time.monotonic() - started), 60)
            text = f"Building the Temporal server, once: {what} ({minutes}:{seconds:02})"
            if console.is_terminal:
                status.update(text)
            elif time.monotonic() - last >= _QUIET_INTERVAL:
                last = time.monotonic()
                console.print(text, soft_wrap=True)

        yield say
