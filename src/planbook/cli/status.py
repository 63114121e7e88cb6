"""The command ``planbook status``: where every target of the plan stands."""

from __future__ import annotations

from planbook.cli.options import (
    AS_OF,
    as_table,
    city,
    command,
    moment,
    option,
    print_json,
    print_rows,
)

COLUMNS = ("target_id", "target", "unit", "deadline", "latest", "gap", "pace_needed", "pace_seen",
           "probability", "verdict")  # fmt: skip


@command("status", "Tell where every target of the plan stands.")
@city
@option("--as-of", AS_OF, moment, "0", "WHEN")
@as_table
def status(city: str, as_of: int | str, as_json: bool) -> int:
    """Judge every target as its book would."""
    from planbook.analysis.progress import history, stand_all, status_rows
    from planbook.data.city import load
    from planbook.data.vintages import standing

    project = load(city)
    plan, catalog, asked = project.plan, project.catalog, project.asked(as_of)
    year, day = standing(asked)
    rows = status_rows(
        stand_all(plan, project.known(asked), catalog, city=project.city.id, as_of=year),
        leads={name: plan.lead_of(target) for name, target in plan.targets.items()},
        histories=history(
            plan.targets,
            project.observations,
            catalog,
            city=project.city.id,
            as_of=year,
            day=day,
            plan_year=plan.year,
        ),
    )
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, COLUMNS)
    return 0
