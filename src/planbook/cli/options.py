"""What several commands share: how a command is declared, options, and output."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from planbook.errors import PlanbookError

DEFAULT_CITY = "liupanshui"
AS_OF = (
    "year at whose end to stand (default: the city's own), or a date as YYYY-MM-DD: figures known "
    "on it, targets judged by the last whole year"
)
Function = TypeVar("Function", bound=Callable[..., Any])


def command(name: str, help_: str, **more: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """Declare a command whose help stands whole in the list of commands, too."""
    return click.command(name, help=help_, short_help=help_, **more)


def option(
    spelling: str,
    help_: str,
    kind: Callable[[str], Any] | click.ParamType = str,
    default: object = None,
    metavar: str | None = None,
    *,
    to: str = "",
    **more: Any,
) -> Callable[[Function], Function]:
    """Declare an option that takes a value; the command gets it under the name `to`."""
    names = [spelling, to] if to else [spelling]
    more |= {} if default is None else {"default": default}
    return click.option(*names, type=kind, metavar=metavar, help=help_ or None, **more)


def flag(spelling: str, help_: str, *, to: str = "") -> Callable[[Function], Function]:
    """Declare an option that takes no value."""
    return click.option(*[spelling, to][: 1 + bool(to)], is_flag=True, help=help_)


def choice(*words: str) -> click.Choice[str]:
    """Name the words that an option may take."""
    return click.Choice(words)


def positive(text: str | int) -> int:
    """Read a number from 1."""
    if not (str(text).isdecimal() and int(text)):
        raise click.BadParameter(f"'{text}': give a number from 1")
    return int(text)


def moment(text: str) -> int | str:
    """Read a year, or a date as YYYY-MM-DD."""
    if text.isdigit() and len(text) <= 4:
        return int(text)
    from planbook.data.vintages import is_day

    if not is_day(text):
        raise click.BadParameter(f"'{text}': give a year, or a date as YYYY-MM-DD")
    return text


def language() -> str:
    """Read the language of the terminal from its surroundings, as other programs do."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def lang(help_: str) -> Callable[[Function], Function]:
    """Give the option of the language of the output."""
    return option("--lang", help_, choice("en", "zh"), language)


def _note_format(context: click.Context, _: click.Parameter, value: str) -> bool:
    context.find_root().ensure_object(dict)["as_json"] = value == "json"
    return value == "json"


city = option("--city", f"folder of data/cities (default: {DEFAULT_CITY})", default=DEFAULT_CITY)
# a command gets it as `as_json`; the root of the context has it, too, for what goes wrong
as_table = option(
    "--format", "default: table", choice("table", "json"), "table", to="as_json",
    callback=_note_format,
)  # fmt: skip


def one_of(*, required: bool = False, **given: object) -> None:
    """Refuse options that exclude one another, and where one is `required`, their lack."""
    names = {f"--{name.replace('_', '-')}": value for name, value in given.items()}
    used = [name for name, value in names.items() if value is not None and value is not False]
    if len(used) > 1:
        raise click.UsageError(f"{used[1]} is not allowed with {used[0]}")
    if required and not used:
        raise click.UsageError(f"one of these is required: {', '.join(names)}")


def print_json(data: object) -> None:
    """Print plain data."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows of text in columns below their headings."""
    from planbook.text import columns

    for line in columns([head, *rows]):
        click.echo(line)


def print_rows(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> None:
    """Print some values of records in columns; those that are missing as a dash."""
    print_table(names, [[_cell(row[name]) for name in names] for row in rows])


def _cell(value: object) -> str:
    return "-" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)


def today(text: str = "") -> dt.date:
    """Give the day of a question: as told, as the build is said to stand, or the clock's.

    Raises `PlanbookError` if it is no day.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        seconds = dt.datetime.fromtimestamp(int(epoch), dt.UTC) if epoch.isdigit() else None
        return (seconds or dt.datetime.now(dt.UTC)).date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise PlanbookError(f"--today {text}: is no day; write YYYY-MM-DD") from None
