"""Answers to questions of an import, kept per sender and layout of the form.

A question that an analyst has answered once is not asked again of the same office's same
form: next year's passes. ``imports/answers.yml`` of a city says what was answered, by whom
and when.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from planbook.files.records import Strict, load_records
from planbook.intake.faults import Fault
from planbook.intake.meaning.scope import Scopes, simple

FILE = "imports/answers.yml"
ASKED = ("question", "unread")


class Answer(Strict):
    """One answer: figures are as the preview shows them, or cells may be left out.

    `record` is the import in which it was given; taking that back takes the answer, too.
    """

    rule: str
    value: str
    sender: str = ""
    layout: str
    file: str
    who: str = ""
    when: dt.date
    record: str = ""


def with_key(fault: Fault, sender: str, layout: str, scopes: Scopes) -> Fault:
    """Give a question, or what is unread, the key by which its answer is known again.

    A column is known by its heading as long as its cells say nothing of what the figures
    are; cells, sheets and files without a heading are known by all that stands in them.
    """
    if fault.level not in ASKED:
        return fault
    content = ""
    if fault.rule.startswith("column"):
        scoped = {one.words for text in fault.content.split() for one in scopes.find(text)}
        content = "|".join(sorted(scoped))
    elif fault.content:
        content = fault.content
    # a fault of a column is known by its heading, others by their words; years differ each year
    said = str(fault.details.get("heading") or fault.value)
    words = re.sub(r"\d{4}", "#", simple(said))
    text = "\n".join((fault.rule, words, sender, layout, content))
    return dataclasses.replace(fault, key=hashlib.sha256(text.encode()).hexdigest()[:8])


def load(folder: Path, root: Path | None = None) -> dict[str, Answer]:
    """Read the answers of a city.

    Raises `DataError` if an entry is incomplete or has an unknown key.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    return {str(key): one for key, one in load_records(path, Answer, root).items()}


def apply(
    faults: Iterable[Fault], known: Mapping[str, Answer], given: Sequence[str] = ()
) -> list[Fault]:
    """Turn what has been answered into hints that say so."""
    found = []
    for fault in faults:
        if fault.key and fault.key in known:
            answer = known[fault.key]
            fault = dataclasses.replace(
                fault, level="hint",
                answered={"who": answer.who or "–", "when": answer.when.isoformat()},
            )  # fmt: skip
        elif fault.key and fault.key in given:
            fault = dataclasses.replace(fault, level="hint", answered={"who": "", "when": ""})
        found.append(fault)
    return found


def without(folder: Path, record: str) -> dict[str, bytes | None]:
    """Give the file of answers without those of one import; nothing where it had none."""
    known = load(folder)
    kept = {key: one for key, one in known.items() if one.record != record}
    if len(kept) == len(known):
        return {}
    return {FILE: to_bytes(kept) if kept else None}


def to_bytes(known: Mapping[str, Answer]) -> bytes:
    """Write the answers as they stand in the file, each set off by a blank line."""
    head = "# Answers to questions of imports, per sender and layout of the form.\n"
    blocks = [
        yaml.safe_dump({key: dump(one)}, allow_unicode=True, sort_keys=False, width=10_000)
        for key, one in sorted(known.items())
    ]
    return (head + "".join("\n" + block for block in blocks)).encode()


def dump(answer: Answer) -> dict[str, Any]:
    """Give an answer as plain data."""
    return {name: value for name, value in answer.model_dump().items() if value != ""}
