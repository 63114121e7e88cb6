"""The command line: all commands, and how what goes wrong is told."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict

import click

from planbook import __version__
from planbook.cli import build, check, editions, export, forecast, intake, serve, status, verdict
from planbook.cli.options import print_json
from planbook.errors import PlanbookError, Problem, refused


class _AsAdded(click.Group):
    """A group that lists its commands as they are met at work."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    "planbook",
    cls=_AsAdded,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Build and query the report book of a city's plan for cutting pollution and carbon.",
    no_args_is_help=False,
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def commands() -> None:
    """Hold the commands together."""


for one in (
    build.build, check.check, status.status, verdict.verdict, forecast.forecast, serve.serve,
    intake.template, intake.take, export.export, export.datapackage, export.contents,
    editions.edition, editions.diff,
):  # fmt: skip
    commands.add_command(one)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code.

    Raises `SystemExit` with 2 if the command line is wrong, with 0 once its help is shown.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    noted: dict[str, bool] = {}  # whether the command speaks JSON
    try:
        try:
            arguments = list(sys.argv[1:] if argv is None else argv)
            with commands.make_context("planbook", arguments, obj=noted) as context:
                code = commands.invoke(context)
        except click.ClickException as error:
            error.show()
            raise SystemExit(error.exit_code) from None
        except click.exceptions.Exit as told:
            raise SystemExit(told.exit_code) from None
        finally:
            sys.stdout.flush()  # a full disk is told here, not as the interpreter ends
        return int(code or 0)
    except PlanbookError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read our output has seen enough
        _no_more_output()
        return 1
    except KeyboardInterrupt:
        print("stopped; nothing was changed", file=sys.stderr)
        return 130
    except (OSError, MemoryError, RuntimeError) as error:
        problem = refused(error)
        if problem is None:
            raise
        _tell_refusal(problem, as_json=noted.get("as_json", False))
        return 1


def _tell_refusal(problem: Problem, *, as_json: bool) -> None:
    try:
        if as_json:
            print_json({"errors": [asdict(problem)]})
        sys.stdout.flush()
    except OSError:
        _no_more_output()
    with contextlib.suppress(OSError):
        print(problem, file=sys.stderr, flush=True)


def _no_more_output() -> None:
    """Let what still waits to be printed go nowhere, or the interpreter would complain of it."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
