"""The frame around every command: quiet libraries, and one handler that turns each error into a sentence.

`new_app` makes the app that `starter.py` fills; commands raise, and never print errors or exit by themselves.
"""

import contextlib
import logging
import os
import sys
import traceback
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

import typer
from pydantic import ValidationError
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig
from typer.core import TyperGroup
from typer.exceptions import Abort, Exit, TyperException

from cli.output import EXIT_CODES, ExitCode, fail, forget_form
from client import OutcomeUnknown, RedressError, Unreachable
from domain.record import plainly
from domain.refusal import Refused
from ledger.errors import LedgerError, LedgerUnavailable
from policies import PolicyError
from stack.errors import StackError

DEBUG = "REDRESS_DEBUG"
"""Where set, unexpected errors show their trace and the SDK its log."""

INTERRUPTED = 130


class ProofFailed(Exception):  # noqa: N818 - an answer, not an error
    """A proof was carried out and did not hold; what is wrong has been shown already."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as the caller sees it."""

    message: str
    code: str
    exit_code: ExitCode
    more: dict[str, str]


class Commands(TyperGroup):
    """The root of the command line; every error of every command ends here."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command, and answer an error with a sentence and an exit code."""
        forget_form()
        quiet_libraries()
        try:
            return super().invoke(ctx)
        except (Exit, Abort, TyperException, BrokenPipeError):
            raise
        except ProofFailed:
            raise Exit(ExitCode.UNPROVED) from None
        except Exception as error:  # noqa: BLE001 - a user never sees a stack trace
            raise Exit(report(error)) from None


def new_app() -> typer.Typer:
    """Return the empty app."""
    return typer.Typer(
        name="redress",
        cls=Commands,
        help="Carries a complaint from its raising to the call that confirms that it was put right.",
        epilog=EXIT_CODES,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


def run_and_leave(app: typer.Typer) -> NoReturn:
    """Run the command that the arguments name, and leave without taking the interpreter down.

    The SDK's Rust threads may call into an interpreter that is finalizing: a third of all short-lived clients
    then ended with SIGABRT or SIGSEGV after their work was done (temporalio/sdk-python issue 300).
    """
    code: object = ExitCode.UNPROVED
    try:
        app(prog_name="redress")
    except SystemExit as end:
        code = end.code
    with contextlib.suppress(OSError):  # whoever read our output may have left
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else ExitCode.DONE)


@cache
def quiet_libraries() -> None:
    """Keep the SDK's log and the Rust core's warnings off the terminal; errors reach the handler anyway."""
    if os.environ.get(DEBUG):
        logging.basicConfig(stream=sys.stderr)
        return
    logging.getLogger().addHandler(logging.NullHandler())
    telemetry = TelemetryConfig(logging=LoggingConfig(filter="off"))
    Runtime.set_default(Runtime(telemetry=telemetry), error_if_already_set=False)


def report(error: Exception) -> ExitCode:
    """Say what went wrong and return the exit code."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    failure = _failure(error)
    fail(failure.message, code=failure.code, exit_code=failure.exit_code, **failure.more)
    return failure.exit_code


def _failure(error: Exception) -> Failure:
    match error:
        case Refused():
            return Failure(error.reason, error.code, ExitCode.REFUSED, {})
        case OutcomeUnknown():
            more = {"command_id": error.command_id}
            return Failure(str(error), "outcome-unknown", ExitCode.UNREACHABLE, more)
        case Unreachable() | LedgerUnavailable():
            return Failure(str(error), "unreachable", ExitCode.UNREACHABLE, {})
        case RedressError() | LedgerError() | StackError() | PolicyError():
            return Failure(str(error), _code_of(error), ExitCode.REFUSED, {})
        case ValidationError():
            return Failure(in_words(error), "invalid", ExitCode.REFUSED, {})
    message = f"something unexpected happened ({type(error).__name__}); set {DEBUG}=1 to see where"
    return Failure(message, "unexpected", ExitCode.REFUSED, {})


def _code_of(error: Exception) -> str:
    """Return an error's class as a word for programs: `NotFound` is `not-found`."""
    name = type(error).__name__
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).strip("-")


def in_words(error: ValidationError) -> str:
    """Say what is wrong, field by field, without what was in the fields."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    told = [
        f"{'.'.join(str(part) for part in each['loc']) or 'input'}: {plainly(each['type'], each['msg'])}"
        for each in problems[:5]
    ]
    return "; ".join(told)
