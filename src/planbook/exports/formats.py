"""Write tables as CSV, XLSX, Parquet and SQLite: the same bytes for the same tables."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from planbook.exports.schema import Schema
from planbook.files import spreadsheets as downloads
from planbook.files.records import LANGS

Tables = Mapping[str, pd.DataFrame]

_ARROW = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}
_SQL = {"string": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}


def to_csv(frame: pd.DataFrame) -> bytes:
    """Write a table as CSV for spreadsheets: no text in it starts a formula.

    UTF-8 with a byte-order mark; headings are the names of the columns.
    """
    return downloads.to_csv(frame)


def to_xlsx(tables: Tables, schemas: Mapping[str, Schema]) -> bytes:
    """Write all tables as sheets of one workbook: no text in it starts a formula.

    A heading has the column's title in English and in Chinese and, in its last line, its name.
    Numbers are numbers.
    """
    sheets = {}
    for name, frame in tables.items():
        heads = ["\n".join([*map(one.title, LANGS), one.name]) for one in schemas[name].fields]
        sheets[name] = frame.astype(object).set_axis(heads, axis="columns")
    return downloads.to_xlsx(sheets)


def to_parquet(frame: pd.DataFrame, schema: Schema) -> bytes:
    """Write a table as Parquet, with the titles and units of its columns.

    The file names the library that wrote it, so its bytes are the same for the same version of it.
    """
    fields = []
    for one in schema.fields:
        about = {f"title_{lang}": one.title(lang) for lang in LANGS} | {"unit": one.unit}
        kind = _ARROW[one.kind]
        fields.append(pa.field(one.name, kind, nullable=not one.required, metadata=about))
    titles = {f"title_{lang}": schema.title(lang) for lang in LANGS}
    columns = [_plain(frame[one.name]) for one in schema.fields]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=titles))
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def to_sqlite(tables: Tables, schemas: Mapping[str, Schema]) -> bytes:
    """Write all tables as one SQLite database, with keys between them.

    The file names the library that wrote it, so its bytes are the same for the same version of it.
    """
    with sqlite3.connect(":memory:", isolation_level=None) as base:
        base.execute("PRAGMA page_size = 4096")
        base.execute("PRAGMA foreign_keys = ON")
        base.execute("BEGIN")
        for name, frame in tables.items():
            schema = schemas[name]
            base.execute(_create(schema, set(tables)))
            marks = ", ".join("?" for _ in schema.fields)
            columns = [_plain(frame[one.name]) for one in schema.fields]
            base.executemany(
                f"INSERT INTO {_quoted(name)} VALUES ({marks})", zip(*columns, strict=True)
            )
        base.execute("COMMIT")
        base.execute("VACUUM")
        raw = base.serialize()
    base.close()
    return raw


def _create(schema: Schema, tables: set[str]) -> str:
    parts = []
    for one in schema.fields:
        words = [_quoted(one.name), _SQL[one.kind]]
        if one.required:
            words.append("NOT NULL")
        if one.kind == "boolean":
            words.append(f"CHECK ({_quoted(one.name)} IN (0, 1))")
        parts.append(" ".join(words))
    if schema.key:
        parts.append(f"PRIMARY KEY ({', '.join(map(_quoted, schema.key))})")
    if schema.unique:
        parts.append(f"UNIQUE ({', '.join(map(_quoted, schema.unique))})")
    parts += [
        f"FOREIGN KEY ({_quoted(one.column)}) REFERENCES {_quoted(one.table)} "
        f"({_quoted(one.to)}) DEFERRABLE INITIALLY DEFERRED"
        for one in schema.references
        if one.table in tables
    ]
    return f"CREATE TABLE {_quoted(schema.name)} (\n  " + ",\n  ".join(parts) + "\n)"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain(column: pd.Series) -> list[object]:
    """Give the cells as plain values of Python, None where one is empty."""
    return column.astype(object).where(column.notna(), None).to_list()
