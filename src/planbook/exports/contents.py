"""The contents of an export: everything that the book of a city rests on, as frames."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pandas as pd

from planbook import __version__
from planbook.analysis import accountability
from planbook.analysis.as_of import AsOf
from planbook.analysis.forecast import ForecastRefused
from planbook.analysis.progress import status_frame
from planbook.data import units
from planbook.data.city import CityData
from planbook.data.observations import known_in
from planbook.data.paths import Paths
from planbook.data.plan import projects_frame, targets_frame
from planbook.data.vintages import day_of, known_from
from planbook.exports import table_schemas as tables
from planbook.exports.descriptor import data_files
from planbook.exports.schema import Schema
from planbook.files.records import LANGS, Text
from planbook.text import asked, day_text, say

Tables = dict[str, pd.DataFrame]


def gather(project: CityData, *, as_of: int, horizon: int) -> Tables:
    """Collect every table of an export.

    Parameters
    ----------
    as_of : int
        Year at whose end to stand: figures that came out later are left out, and the
        states and forecasts are those of that day.
    horizon : int
        Last year forecast.

    Returns
    -------
    dict of str to pandas.DataFrame
        By name, in the order of `tables.ALL`, with the columns and types of its schema.
        Published figures of the city, those of its context, modelled estimates,
        computed figures, forecasts and targets stand in tables of their own.
    """
    view = AsOf(project, as_of, horizon)
    found = {
        "metadata": _metadata(project, as_of, horizon),
        "columns": _columns(tables.ALL),
        "units": _units(),
        "departments": _departments(project),
        "places": _places(project),
        "sources": _sources(project),
        "catalogue": _catalogue(project),
        "measures": _measures(project),
        "duties": _duties(project),
        "targets": _targets(project),
        "status": _status(view),
        **_figures(project, as_of),
        "derived": _derived(view),
        "forecasts": _forecasts(view),
        "projects": _projects(project),
        "peers": project.peers.frame if project.peers else pd.DataFrame(),
    }
    return {one.name: one.typed(found[one.name]) for one in tables.ALL}


def data_digest(where: Paths, city: str, parents: Sequence[str]) -> str:
    """Hash every file that the book of a city is made from.

    Parameters
    ----------
    parents : sequence of str
        Its context.

    Returns
    -------
    str
        SHA-256 over the names and contents of the files of ``data``; the record of
        imports does not count.
    """
    total = hashlib.sha256()
    for path in data_files(where, city, parents):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(where.data).as_posix()} {digest}\n".encode())
    return total.hexdigest()


def _two(name: str, text: Text | None) -> dict[str, str | None]:
    return {f"{name}_{lang}": text[lang] if text else None for lang in LANGS}


def _said(name: str, key: str) -> dict[str, str | None]:
    return {f"{name}_{lang}": say(key, lang) for lang in LANGS}


def _metadata(project: CityData, as_of: int, horizon: int) -> pd.DataFrame:
    city = project.city
    plain = {
        "program": f"planbook {__version__}",
        "city": city.id,
        "code": city.code,
        "as_of": str(as_of),
        "horizon": str(horizon),
        "data_sha256": data_digest(project.paths, city.id, city.parents),
    }
    rows: list[dict[str, str | None]] = [{"key": key, "value_en": value, "value_zh": value}
            for key, value in plain.items()]  # fmt: skip
    texts = {"name": city.name, "plan_title": city.plan_title, "plan_status": city.plan_status,
             "boundary": city.boundary}  # fmt: skip
    rows += [{"key": key, **_two("value", text)} for key, text in texts.items()]
    for key in ("terms", "separate", "missing", "undated"):
        rows.append({"key": key, **_said("value", f"export_{key}")})
    return pd.DataFrame(rows)


def _columns(schemas: Sequence[Schema]) -> pd.DataFrame:
    rows = [
        {
            "table": schema.name,
            "position": place,
            "column": one.name,
            "type": one.kind,
            **{f"title_{lang}": one.title(lang) for lang in LANGS},
            "unit": one.unit,
        }
        for schema in schemas
        for place, one in enumerate(schema.fields, start=1)
    ]
    return pd.DataFrame(rows)


def _units() -> pd.DataFrame:
    rows = [
        {
            "unit": unit,
            **{f"unit_{lang}": units.label(unit, lang) or unit for lang in LANGS},
            "dimension": dimension,
            "size": size,
        }
        for unit, (dimension, size) in units.UNITS.items()
    ]
    return pd.DataFrame(rows)


def _departments(project: CityData) -> pd.DataFrame:
    known = {**project.catalog.departments, **project.plan.departments}
    return pd.DataFrame(
        [{"department": key, **_two("department", one)} for key, one in known.items()]
    )


def _places(project: CityData) -> pd.DataFrame:
    city = project.city

    def kind(entity: str) -> str:
        return "city" if entity == city.id else "county" if entity in city.counties else "context"

    return pd.DataFrame(
        [
            {"entity": key, "place_kind": kind(key), **_two("entity", name)}
            for key, name in project.entities.items()
        ]
    )


def _sources(project: CityData) -> pd.DataFrame:
    rows = [
        {
            "source": key,
            **_two("producer", one.producer),
            **_two("title", one.title),
            "address": one.address,
            "reposted": one.reposted,
            "published": one.published,
            "accessed": one.accessed,
            **_two("licence", one.licence),
            **_two("note", one.note),
        }
        for key, one in sorted(project.sources.items())
    ]
    return pd.DataFrame(rows)


def _catalogue(project: CityData) -> pd.DataFrame:
    rows = []
    for item in project.catalog.values():
        formula = item.derive
        rows.append(
            {
                "indicator": item.id,
                "sector": item.sector,
                **_two("indicator", item.title),
                "unit": item.unit,
                **{f"unit_{lang}": units.label(item.unit, lang) or item.unit for lang in LANGS},
                "direction": item.direction,
                "kind": item.kind,
                "lower": item.bounds[0],
                "upper": item.bounds[1],
                "decimals": item.decimals,
                "prices": item.prices,
                **_two("definition", item.definition),
                "department": item.department,
                **_two("department", project.catalog.departments[item.department]),
                "stands_for": item.stands_for,
                "comparability": item.comparability,
                **_two("comparability", item.comparability_note),
                "formula": formula and formula.op,
                "formula_of": formula and " ".join(formula.of),
                "formula_factor": formula and formula.factor,
                "formula_base_year": formula and formula.base_year,
                **_two("no_forecast", item.forecast),
            }
        )
    return pd.DataFrame(rows)


def _measures(project: CityData) -> pd.DataFrame:
    rows = [
        {
            "measure": item.number,
            "section": item.section,
            **_two("section", project.plan.sections[item.section].title),
            **_two("measure", item.title),
            **_two("summary", item.summary),
            "lead": item.lead,
            **{name: " ".join(getattr(item, name))
               for name in ("departments", "indicators", "targets", "projects")},
        }
        for item in project.plan.measures.values()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _duties(project: CityData) -> pd.DataFrame:
    found = accountability.duties(project.plan)
    for lang in LANGS:
        names = [project.plan.departments[one][lang] for one in found["department"]]
        found = found.assign(**{f"department_{lang}": names})
    return found


def _targets(project: CityData) -> pd.DataFrame:
    plan, rows = project.plan, []
    for target in plan.targets.values():
        rows.append(
            {
                **_two("indicator", project.catalog[target.indicator].title),
                **{f"asked_{lang}": asked(target, lang) for lang in LANGS},
                **_two("section", plan.sections[target.section].title),
                **_two("measure", plan.measures[target.measure].title),
            }
        )
    more = pd.DataFrame(rows, index=range(len(rows)))
    return pd.concat([targets_frame(plan), more], axis="columns")


def _projects(project: CityData) -> pd.DataFrame:
    found = projects_frame(project.plan)
    if found.empty:
        return found
    return found.assign(
        **{
            f"status_{lang}": [
                say(f"project_{one}", lang, searched=day_text(project.searched, lang))
                for one in found["status"]
            ]
            for lang in LANGS
        }
    )


def _status(view: AsOf) -> pd.DataFrame:
    project = view.project
    leads = {name: project.plan.lead_of(one) for name, one in project.plan.targets.items()}
    found = status_frame(view.standings, leads=leads)
    rows = []
    for row in found.to_dict("records"):
        target = project.plan.targets[row["target_id"]]
        lead = row["lead"]
        rows.append(
            {
                **_two("indicator", project.catalog[target.indicator].title),
                **{f"asked_{lang}": asked(target, lang) for lang in LANGS},
                **_said("verdict", f"verdict_{row['verdict']}"),
                **_two("lead", project.plan.departments[lead] if isinstance(lead, str) else None),
                "as_of": view.as_of,
            }
        )
    return pd.concat([found, pd.DataFrame(rows, index=found.index)], axis="columns")


def _figures(project: CityData, as_of: int) -> Tables:
    """Split the figures: the city's published ones, its context's, modelled estimates."""
    rows = project.observations
    known = known_from(rows)
    rows = rows.assign(known_from=known)[known <= day_of(as_of)]
    last = known_in(project.observations, as_of).set_index(["file", "row"]).index
    rows = rows.assign(counts=pd.MultiIndex.from_frame(rows[["file", "row"]]).isin(last))
    for lang in LANGS:
        titles = {key: item.title[lang] for key, item in project.catalog.items()}
        places = {key: name[lang] for key, name in project.entities.items()}
        rows = rows.assign(
            **{f"indicator_{lang}": rows["indicator"].map(titles),
               f"entity_{lang}": rows["entity"].map(places)}
        )  # fmt: skip
    is_modelled = rows["status"] == "modelled"
    is_own = rows["entity"].isin(list(project.city.entities))
    return {
        "observations": rows[is_own & ~is_modelled],
        "context": rows[~is_own & ~is_modelled],
        "modelled": rows[is_modelled],
    }


def _derived(view: AsOf) -> pd.DataFrame:
    rows = []
    for item in view.project.catalog.values():
        if not item.derive:
            continue
        for entity in view.project.entities:
            for when, row in view.series(item.id, entity).frame.iterrows():
                rows.append(
                    {
                        **_named(view, item.id, entity),
                        "year": int(when),
                        "value": float(row["value"]),
                        "status": row["status"],
                        "sources": row["source"],
                    }
                )
    return pd.DataFrame(rows)


def _forecasts(view: AsOf) -> pd.DataFrame:
    rows = []
    for item in view.project.catalog:
        try:
            _, made = view.forecast(item)
        except ForecastRefused:
            continue
        for when, ahead in made.frame().iterrows():
            rows.append(
                {
                    **_named(view, item, view.city),
                    "year": int(when),
                    "median": ahead["forecast"],
                    **{name: ahead[name] for name in ("lo80", "hi80", "lo95", "hi95")},
                    "status": "forecast",
                    "method": made.method,
                    "fitted_first": made.fitted_years[0],
                    "fitted_last": made.fitted_years[1],
                    "points": made.n,
                }
            )
    return pd.DataFrame(rows)


def _named(view: AsOf, indicator: str, entity: str) -> dict[str, str | None]:
    item = view.project.catalog[indicator]
    return {
        "indicator": indicator,
        "entity": entity,
        "unit": item.unit,
        **_two("indicator", item.title),
        **_two("entity", view.project.entities[entity]),
    }
