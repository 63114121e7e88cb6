"""``planbook check --stale``: which figures are overdue, and whom to ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import click

from planbook.analysis.staleness import Overdue, overdue
from planbook.cli.options import print_json
from planbook.data.city import CityData, load
from planbook.errors import PlanbookError
from planbook.files.records import LANGS
from planbook.report.targets.overdue import command, last_figure
from planbook.text import say


def tell_overdue(city: str, today: dt.date, months: int, *, lang: str, as_json: bool) -> int:
    """List the overdue figures of a city."""
    if months < 1:
        raise PlanbookError(f"--months {months}: give a number from 1")
    project = load(city)
    found = overdue(
        project.observations, project.catalog, project.plan, project.city,
        today=today, months=months,
    )  # fmt: skip
    rows = [as_row(project, one, today) for one in found]
    if as_json:
        print_json(
            {
                "city": city,
                "today": today.isoformat(),
                "months": months,
                "rule": {lang: say("stale_rule", lang, months=months) for lang in LANGS},
                "overdue": rows,
            }
        )
        return 0
    count = {"count": len(found), "months": months, "day": today.isoformat()}
    click.echo(say("stale_head", lang, **count))
    click.echo(say("stale_rule", lang, months=months))
    for line in _lines(project, found, rows, lang, today):
        click.echo(line)
    return 0


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
    project: CityData,
    found: Sequence[Overdue],
    rows: Sequence[dict[str, Any]],
    lang: str,
    today: dt.date,
) -> Iterator[str]:
    """Write the figures of each department, and the command that makes its form."""
    both = list(zip(found, rows, strict=True))
    for department in dict.fromkeys(one.department for one in found):
        own = [(one, row) for one, row in both if one.department == department]
        yield from ("", own[0][1]["department_name"][lang])
        for one, row in own:
            day = row["counts_from"]
            since = "" if day is None else say("stale_since", lang, day=day, months=one.months)
            lead = say("list_separator", lang).join(
                names[lang] for names in row["lead_names"] if names != row["department_name"]
            )
            led = say("stale_lead", lang, department=lead) if lead else ""
            yield f"  {row['title'][lang]}: {last_figure(project, one, lang)}{since}{led}"
        yield f"  > {command(project, department, today)}"
