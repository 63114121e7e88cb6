"""The command ``planbook verdict``: cases judged by every published progress method."""

from __future__ import annotations

from pathlib import Path

from planbook.cli.options import as_table, command, option, print_json, print_table

COLUMNS = ("case_id", "method", "rule", "value", "category", "reason")


@command("verdict", "Judge cases from a CSV by every published progress method.")
@option("--input", "", Path, to="source", required=True, metavar="CASES.csv")
@as_table
def verdict(source: Path, as_json: bool) -> int:
    """Judge cases; a method that does not apply says why."""
    from planbook.analysis.methods.cases import read_cases, verdicts

    found = verdicts(read_cases(source))
    if as_json:
        print_json(found)
        return 0
    rows = []
    for case in found:
        for name, one in case["methods"].items():
            value = "-" if one["value"] is None else f"{one['value']:.4f}"
            told = one["category"] or "-", one["reason"] or ""
            rows.append((case["case_id"], name, one["rule"], value, *told))
    print_table(COLUMNS, rows)
    return 0
