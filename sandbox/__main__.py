"""Runs the sandbox: `python -m sandbox --port P --data DIR --seed N [--faults FILE] [--lucky] [--day N]`."""

import argparse
import asyncio
import signal
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import uvicorn

from sandbox.app import create_app
from sandbox.books import Books
from sandbox.faults import BadPlan, Faults, load_plan
from sandbox.service import World
from sandbox.serving import address, listen, server


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        faults = Faults(load_plan(options.faults) if options.faults else None)
        listening = listen(options.port)
    except BadPlan as bad:
        sys.stderr.write(f"{options.faults}: {bad}\n")
        return 1
    except (OSError, OverflowError) as error:
        sys.stderr.write(f"cannot start the sandbox (port {options.port}): {error}\n")
        return 1
    with closing(Books(options.data)) as books, listening:
        day = timedelta(seconds=options.day)
        world = World(books=books, seed=options.seed, lucky=options.lucky, day=day)
        serving = server(create_app(world, faults))
        _stop_in_order(serving)
        sys.stdout.write(f"sandbox on {address(listening)}, books in {options.data}\n")
        sys.stdout.flush()
        asyncio.run(serving.serve(sockets=[listening]))
    return 0


def _stop_in_order(serving: uvicorn.Server) -> None:
    """End with code 0 when told to stop, also before the server listens for that itself."""

    def stop(*_: object) -> None:
        # uvicorn raises the signal once more when it has shut down; by then this changes nothing.
        serving.should_exit = True

    for told_to_stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told_to_stop, stop)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on loopback; 0 is any free one")
    parser.add_argument("--data", type=Path, required=True, help="folder of the books")
    parser.add_argument("--seed", type=int, default=1, help="what all luck is drawn from")
    parser.add_argument("--faults", type=Path, help="a fault plan, JSON or YAML")
    parser.add_argument("--lucky", action="store_true", help="nothing goes wrong by chance")
    parser.add_argument(
        "--day", type=float, default=86_400.0, help="seconds that goods and settlements take for a day"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
