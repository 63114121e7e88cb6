"""``planbook check --stale``: which figures are overdue, and whom to ask."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
from collections.abc import Sequence
from typing import Any

from planbook.analysis.staleness import Overdue, overdue
from planbook.data.city import CityData
from planbook.errors import PlanbookError
from planbook.files.records import LANGS
from planbook.report.targets.overdue import command, last_figure
from planbook.text import say


def run(args: argparse.Namespace) -> int:
    """List the overdue figures of a city."""
    from planbook.data.city import load

    today = day_of(args.today)
    if args.months < 1:
        raise PlanbookError(f"--months {args.months}: give a number from 1")
    project = load(args.city)
    found = overdue(
        project.observations, project.catalog, project.plan, project.city,
        today=today, months=args.months,
    )  # fmt: skip
    rows = [as_row(project, one, today) for one in found]
    if args.format == "json":
        about = {
            "city": args.city,
            "today": today.isoformat(),
            "months": args.months,
            "rule": {lang: say("stale_rule", lang, months=args.months) for lang in LANGS},
            "overdue": rows,
        }
        print(json.dumps(about, ensure_ascii=False, indent=2, allow_nan=False))
        return 0
    for line in _lines(project, found, rows, args, today):
        print(line)
    return 0


def day_of(text: str) -> dt.date:
    """Read the day of the question.

    Raises `PlanbookError` if it is no day.
    """
    if not text:
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        if epoch.isdigit():
            return dt.datetime.fromtimestamp(int(epoch), dt.UTC).date()
        return dt.datetime.now(dt.UTC).date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise PlanbookError(f"--today {text}: is no day; write YYYY-MM-DD") from None


def as_row(project: CityData, one: Overdue, today: dt.date) -> dict[str, Any]:
    """Give an overdue figure as plain data, with names in both languages."""
    departments = {**project.catalog.departments, **project.plan.departments}
    last = one.last or {}
    return {
        "indicator": one.indicator.id,
        "title": {lang: one.indicator.title[lang] for lang in LANGS},
        "department": one.department,
        "department_name": {lang: departments[one.department][lang] for lang in LANGS},
        "leads": list(one.leads),
        "lead_names": [{lang: departments[lead][lang] for lang in LANGS} for lead in one.leads],
        "targets": list(one.targets),
        "last_year": last.get("year"),
        "last_value": last.get("value"),
        "unit": one.indicator.unit,
        "qualifier": last.get("qualifier") or None,
        "status": last.get("status"),
        "source": last.get("source"),
        "published": last.get("published") or None,
        "counts_from": one.came_out and one.came_out.isoformat(),
        "dated_by": one.dated_by,
        "months": one.months,
        "next_step": command(project, one.department, today),
    }


def _lines(
    project: CityData, found: Sequence[Overdue], rows: Sequence[dict], args: argparse.Namespace,
    today: dt.date,
) -> list[str]:  # fmt: skip
    lang = args.lang
    count = {"count": len(found), "months": args.months, "day": today.isoformat()}
    lines = [say("stale_head", lang, **count), say("stale_rule", lang, months=args.months)]
    for department in dict.fromkeys(one.department for one in found):
        name = rows[[one.department for one in found].index(department)]["department_name"][lang]
        lines += ["", name]
        for one, row in zip(found, rows, strict=True):
            if one.department != department:
                continue
            day = row["counts_from"]
            since = "" if day is None else say("stale_since", lang, day=day, months=one.months)
            lead = say("list_separator", lang).join(
                names[lang] for names in row["lead_names"] if names != row["department_name"]
            )
            led = say("stale_lead", lang, department=lead) if lead else ""
            lines.append(f"  {row['title'][lang]}: {last_figure(project, one, lang)}{since}{led}")
        lines.append(f"  > {command(project, department, today)}")
    return lines
