"""What the columns of a table are, said once for every format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pandas as pd
from pydantic import BaseModel

from planbook.files.records import LANGS
from planbook.text import say

Kind = Literal["string", "integer", "number", "boolean"]
# Text is never empty in a frame of this package: an empty cell is a missing value.
DTYPES: dict[str, str] = {
    "string": "str",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
}
_KINDS: dict[type, Kind] = {bool: "boolean", int: "integer", float: "number", str: "string"}
_TRUE, _FALSE = ("True", "true", "yes", "1"), ("False", "false", "no", "0")


@dataclass(frozen=True)
class Field:
    """One column."""

    name: str
    kind: Kind = "string"  # {'string', 'integer', 'number', 'boolean'}
    required: bool = False  # whether no cell of it is empty
    enum: tuple[Any, ...] = ()  # all values it may have; empty where any is allowed
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""  # regular expression that every text matches; empty where any is allowed
    unit: str = ""  # of its numbers, where all rows share one; ``unit`` where a column says it

    def title(self, lang: str) -> str:
        """Name the column for readers."""
        base, _, ending = self.name.rpartition("_")
        if ending in LANGS:
            return say(f"field_in_{ending}", lang, what=say(f"field_{base}", lang))
        return say(f"field_{self.name}", lang)

    def descriptor(self) -> dict[str, Any]:
        """Describe the column as a field of a Table Schema."""
        constraints = {
            "required": self.required or None,
            "enum": list(self.enum) or None,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "pattern": self.pattern or None,
        }
        given = {key: value for key, value in constraints.items() if value is not None}
        found: dict[str, Any] = {"name": self.name, "type": self.kind, "title": self.title("en")}
        found["title_zh"] = self.title("zh")
        if self.unit:
            found["unit"] = self.unit
        if self.kind == "boolean":
            found |= {"trueValues": list(_TRUE), "falseValues": list(_FALSE)}
        if given:
            found["constraints"] = given
        return found


@dataclass(frozen=True)
class Reference:
    """Cells of `column` stand in `to` of `table`."""

    column: str
    table: str
    to: str


@dataclass(frozen=True)
class Schema:
    """One table."""

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()  # columns that together name a row, none of them empty
    # columns that together differ from row to row, where some may be empty
    unique: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of the columns in order."""
        return [one.name for one in self.fields]

    def title(self, lang: str) -> str:
        """Name the table for readers."""
        return say(f"table_{self.name}", lang)

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Give a frame the schema's columns, in order, with their types.

        Text that is empty is missing. `frame`: left unchanged; columns that the schema lacks are
        left out.
        """
        out = {}
        for one in self.fields:
            column = frame[one.name] if one.name in frame else pd.Series(dtype=object)
            if one.kind == "string":
                column = column.astype(object).where(column.notna() & (column != ""), None)
            out[one.name] = column.astype(DTYPES[one.kind])
        return pd.DataFrame(out).reset_index(drop=True)

    def descriptor(self, tables: Sequence[str] = ()) -> dict[str, Any]:
        """Describe the table as a Table Schema.

        `tables`: resources that a reference may name; others are left out.
        """
        found: dict[str, Any] = {"fields": [one.descriptor() for one in self.fields]}
        found["missingValues"] = [""]
        if self.key:
            found["primaryKey"] = list(self.key)
        if self.unique:
            found["uniqueKeys"] = [list(self.unique)]
        links = [
            {
                "fields": [one.column],
                "reference": {"resource": one.table, "fields": [one.to]},
            }
            for one in self.references
            if one.table in tables
        ]
        if links:
            found["foreignKeys"] = links
        return found


def fields_of(model: type[BaseModel], units: dict[str, str] | None = None) -> tuple[Field, ...]:
    """Derive the columns of a table from the model of its rows.

    With type, values allowed, bounds, and whether a cell may be empty.
    """
    return tuple(
        _field(name, about.annotation, about.metadata, (units or {}).get(name, ""))
        for name, about in model.model_fields.items()
    )


def _field(name: str, annotation: Any, metadata: Sequence[Any], unit: str) -> Field:
    inner, may_lack = annotation, False
    if get_origin(annotation) in (Union, UnionType):
        parts = get_args(annotation)
        may_lack = type(None) in parts
        inner = next(part for part in parts if part is not type(None))
    enum: tuple[Any, ...] = ()
    if get_origin(inner) is tuple:  # written with spaces between
        inner = str
    if get_origin(inner) is Literal:
        enum = get_args(inner)
        inner = type(enum[0])
    bounds = {
        key: getattr(one, key) for one in metadata for key in ("ge", "le") if hasattr(one, key)
    }
    kind = _KINDS[inner]
    return Field(
        name,
        kind,
        required=not may_lack and (kind != "string" or bool(enum)),
        enum=enum,
        minimum=bounds.get("ge"),
        maximum=bounds.get("le"),
        unit=unit,
    )
