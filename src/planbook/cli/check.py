"""The command ``planbook check``: whether catalogue, plan, figures and sources are sound."""

from __future__ import annotations

from dataclasses import asdict

import click

from planbook.cli.options import as_table, city, command, flag, lang, option, print_json, today


@command("check", "Check catalogue, plan, figures and sources; change nothing.")
@city
@as_table
@flag(
    "--stale",
    "list the indicators without a new figure for long, whose they are and whom to ask; the"
    " exit code is 0 all the same",
)
@option("--months", "with --stale: how long (default: 18)", int, 18, "N")
@option("--today", "the day of the question (default: today)", to="day", default="", metavar="DATE")
@lang("with --stale: language of the list")
def check(city: str, as_json: bool, stale: bool, months: int, day: str, lang: str) -> int:
    """Read all of a city's data; tell the counts and what deserves a look."""
    from planbook.analysis.forecast.wording import check_words
    from planbook.analysis.scenarios.parameters import range_problems
    from planbook.cli.stale import tell_overdue
    from planbook.data import control
    from planbook.data.city import load
    from planbook.data.contradictions import notes
    from planbook.data.future import check_dates
    from planbook.errors import DataError
    from planbook.exports import descriptor
    from planbook.intake.checks.on_file import standing

    if stale:
        return tell_overdue(city, today(day), months, lang=lang, as_json=as_json)
    try:
        project = load(city)
        descriptor.check(project.paths)
        check_dates(project, today(day))
        check_words()
    except DataError as error:
        if as_json:
            print_json({"city": city, "errors": [asdict(one) for one in error.problems]})
        raise
    found = project.observations
    counts = {
        "city": city,
        "indicators": len(project.catalog),
        "measures": sum(number > 0 for number in project.plan.measures),
        "targets": len(project.plan.targets),
        "projects": len(project.plan.projects),
        "figures": len(found),
        "figures_of_the_city": int(found["entity"].isin(project.city.entities).sum()),
        "sources": len(project.sources),
    }
    file = f"data/cities/{city}/plan/targets.csv"
    noted = [
        *notes(project.plan, project.known(), project.catalog, city=project.city.id, name=file),
        *range_problems(project),
        *standing(project),
        *control.compare(project),
    ]
    if as_json:
        print_json({**counts, "errors": [], "notes": [asdict(one) for one in noted]})
        return 0
    for name, value in counts.items():
        click.echo(f"{name.replace('_', ' '):<22}{value}")
    for one in noted:
        click.echo(f"note: {one}")
    click.echo("no fault found" + (f"; notes: {len(noted)}" if noted else ""))
    return 0
