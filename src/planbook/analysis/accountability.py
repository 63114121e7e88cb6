"""Who answers for what: departments, their measures, targets and projects."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from planbook.analysis.progress import VERDICTS
from planbook.data.catalog import Catalog
from planbook.data.plan import Plan

LEADS, TAKES_PART = "lead", "part"


def duties(plan: Plan) -> pd.DataFrame:
    """List who works on which measure.

    ``department, measure, section, part, role``, measure by measure; the first department of a
    measure leads it (role ``lead``), the others take part (``part``).
    """
    rows = [
        {
            "department": department,
            "measure": item.number,
            "section": item.section,
            "part": plan.sections[item.section].part,
            "role": TAKES_PART if place else LEADS,
        }
        for item in plan.measures.values()
        for place, department in enumerate(item.departments)
    ]
    return pd.DataFrame(rows, columns=["department", "measure", "section", "part", "role"])


def departments(plan: Plan) -> list[str]:
    """List the departments that the plan names, those that lead most first.

    Ties stand in the order in which the plan names them.
    """
    found = duties(plan)
    leads = found[found["role"] == LEADS]["department"].value_counts()
    order = list(dict.fromkeys(found["department"]))
    return sorted(order, key=lambda one: (-int(leads.get(one, 0)), order.index(one)))


def target_duties(plan: Plan) -> pd.DataFrame:
    """List who answers for which target, through which measure.

    Returns
    -------
    ``department, target_id, measure, role, own``. `own`: the measure names the target itself;
    otherwise it only works on the same indicator, as the measures on air do for a main objective,
    to which the plan gives no department. One row a department and target, its most binding measure
    kept.
    """
    rows = []
    for row in duties(plan).to_dict("records"):
        item = plan.measures[row["measure"]]
        for target in plan.targets.values():
            own = target.target_id in item.targets
            if own or target.indicator in item.indicators:
                rows.append(
                    {
                        "department": row["department"],
                        "target_id": target.target_id,
                        "measure": item.number,
                        "role": row["role"],
                        "own": own,
                    }
                )
    found = pd.DataFrame(rows, columns=["department", "target_id", "measure", "role", "own"])
    binding = found.assign(_rank=2 * ~found["own"].astype(bool) + (found["role"] != LEADS))
    kept = binding.sort_values("_rank", kind="stable").drop_duplicates(["department", "target_id"])
    return kept.sort_index().drop(columns="_rank").reset_index(drop=True)


def project_duties(plan: Plan) -> pd.DataFrame:
    """List who answers for which project: those who work on its measure.

    ``department, project_id, measure, role``.
    """
    rows = [
        {
            "department": row["department"],
            "project_id": project,
            "measure": row["measure"],
            "role": row["role"],
        }
        for row in duties(plan).to_dict("records")
        for project in plan.measures[row["measure"]].projects
    ]
    return pd.DataFrame(rows, columns=["department", "project_id", "measure", "role"])


def held_by(plan: Plan, catalog: Catalog, status: pd.DataFrame) -> dict[str, list[str]]:
    """List the indicators of targets whose figure is missing, by who would hold them.

    Parameters
    ----------
    catalog : says who holds an indicator.
    status : `progress.status_frame`: ``indicator``, ``latest``.

    Returns
    -------
    Indicators by department, most first.
    """
    found: dict[str, list[str]] = {}
    for indicator in dict.fromkeys(status[status["latest"].isna()]["indicator"]):
        found.setdefault(catalog[indicator].department, []).append(indicator)
    return dict(sorted(found.items(), key=lambda one: -len(one[1])))


def counts_by_part(plan: Plan, status: pd.DataFrame) -> pd.DataFrame:
    """Count targets by part of the plan and verdict.

    Index: number of the part, those with a target only. Columns: `VERDICTS`. `status`: ``section``,
    ``verdict``.
    """
    parts = status["section"].map(lambda number: plan.sections[number].part)
    counts = pd.crosstab(parts, status["verdict"]).reindex(columns=list(VERDICTS), fill_value=0)
    return counts.rename_axis(index="part", columns=None)


def summary(plan: Plan, status: pd.DataFrame) -> pd.DataFrame:
    """Count what each department answers for.

    Parameters
    ----------
    status : ``target_id``, ``verdict``.

    Returns
    -------
    Index: departments in the order of `departments`. Columns: ``leads``, ``takes_part`` (measures),
    ``targets``, ``targets_lead`` (targets that a led measure names), ``projects``, and one column a
    verdict over ``targets``.
    """
    index = departments(plan)
    work, goals, built = duties(plan), target_duties(plan), project_duties(plan)
    own = goals[goals["own"].astype(bool)]
    verdicts = own["target_id"].map(status.set_index("target_id")["verdict"])
    columns = {
        "leads": work[work["role"] == LEADS]["department"].value_counts(),
        "takes_part": work[work["role"] == TAKES_PART]["department"].value_counts(),
        "targets": own["department"].value_counts(),
        "targets_lead": own[own["role"] == LEADS]["department"].value_counts(),
        "projects": built.drop_duplicates(["department", "project_id"])[
            "department"
        ].value_counts(),
    }
    columns |= {
        verdict: own[verdicts == verdict]["department"].value_counts() for verdict in VERDICTS
    }
    return pd.DataFrame(columns).reindex(index).fillna(0).astype(int)


def assessment(
    plan: Plan, status: pd.DataFrame, bases: Mapping[str, float], *, department: str | None = None
) -> pd.DataFrame:
    """List what a yearly assessment asks: each department's measures with their targets.

    Parameters
    ----------
    status : `progress.status_frame`.
    bases : the city's figure of the base year by target, in the indicator's unit; targets without
        one are left out.
    department : only its rows.

    Returns
    -------
    ``department, role, measure, target_id, base_year, base, operator, target, unit, deadline,
    latest_year, latest, verdict``: a row for each target that a measure names itself, and one
    without a target for a measure that names none.
    """
    columns = ["base_year", "operator", "target", "unit", "deadline", "latest_year", "latest"]
    known, work = status.set_index("target_id"), duties(plan)
    rows = []
    for one in [department] if department else departments(plan):
        for row in work[work["department"] == one].to_dict("records"):
            about = {"department": one, "role": row["role"], "measure": row["measure"]}
            names = plan.measures[row["measure"]].targets
            for name in names:
                own = known.loc[name]
                rows.append(
                    {
                        **about,
                        "target_id": name,
                        "base": bases.get(name),
                        **{column: own[column] for column in columns},
                        "verdict": own["verdict"],
                    }
                )
            if not names:
                rows.append(about)
    order = ["department", "role", "measure", "target_id", "base_year", "base"]
    order += [*columns[1:], "verdict"]
    return pd.DataFrame(rows, columns=order)
