"""Take down what a book knows and says: figures, and the state of each target."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

import pandas as pd

from planbook.analysis.changes import fingerprints
from planbook.analysis.progress import Standing, ahead, stand_all
from planbook.data.catalog import Catalog
from planbook.data.city import CityData
from planbook.data.observations import empty_rows, known_in
from planbook.data.plan import Target
from planbook.data.series import behind
from planbook.data.snapshots import DEFINITION, FIGURE_COLUMNS, Edition
from planbook.data.vintages import day_of, year_of

_ROW = ("indicator", "entity", "published", "source")  # what tells an imported row apart
# of a catalogue entry: what changes a result, not how it is named or explained
_TERMS = ("unit", "direction", "kind", "bounds", "decimals", "prices", "derive")


def take(
    project: CityData,
    as_of: int | str,
    *,
    standings: Mapping[str, Standing] | None = None,
    data: Mapping[str, str] | None = None,
    program: Mapping[str, str] | None = None,
    observations: pd.DataFrame | None = None,
    imports: Iterable[str] | None = None,
) -> Edition:
    """Take a snapshot of a city's book.

    Parameters
    ----------
    as_of : year or day: figures known at its end, targets judged by the last whole year.
    standings : where they are known already; computed otherwise, as ``planbook status`` does.
    data : hashes of the data; see `fingerprints.data`.
    program : where it is known already; see `fingerprints.program`.
    observations : checked figures with all vintages; those of the project by default.
    imports : ids of the imports that they hold; all by default.

    Returns
    -------
    Without a name.
    """
    known = project.known(as_of) if observations is None else known_in(observations, as_of)
    catalog, city, year = project.catalog, project.city.id, year_of(as_of)
    if standings is None:
        standings = stand_all(project.plan, known, catalog, city=city, as_of=year)
    targets = {
        name: {
            "definition": definition(one.target),
            "terms": terms(catalog, one.target.indicator, city),
            "behind": behind(catalog, one.target.indicator),
            "result": result(one),
        }
        for name, one in standings.items()
    }
    return Edition(
        city=city,
        day=day_of(as_of),
        year=year,
        program=dict(program or fingerprints.program()),
        data=dict(data or {}),
        imports=tuple(project.imports if imports is None else imports),
        figures=known[list(FIGURE_COLUMNS)].reset_index(drop=True),
        targets=targets,
    )


def definition(target: Target) -> dict[str, object]:
    """Give what the plan asks for, as plain values."""
    return {name: getattr(target, name) for name in DEFINITION}


def result(standing: Standing) -> dict[str, object]:
    """Give what is said of a target; the values are those of ``planbook status``."""
    return {
        "verdict": standing.verdict,
        "rule": standing.rule,
        "latest_year": standing.latest_year,
        "latest": standing.latest_value,
        **ahead(standing),
        "probability": None if standing.chance is None else float(standing.chance),
        "chance_reason": standing.chance_reason,
        "forecast_method": standing.forecast and standing.forecast.method,
    }


def terms(catalog: Catalog, indicator: str, city: str) -> str:
    """Hash what the catalogue says of an indicator and of those it is computed from."""
    said, waiting = {}, [indicator]
    while waiting:
        name = waiting.pop()
        meta = catalog[name]
        one = meta.model_dump(mode="json", include=set(_TERMS))
        one["breaks"] = [
            item.model_dump(mode="json", exclude={"reason", "change", "mixed"})
            for item in meta.breaks_of(city)
        ]
        one["may_forecast"] = meta.forecast is None
        said[name] = one
        waiting += meta.derive.of if meta.derive else ()
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def again(project: CityData, old: Edition) -> dict[str, dict[str, object]]:
    """Tell what the present code and plan make of an older edition's figures.

    As `result`, by target. `project`: whose catalogue and targets are used.
    """
    figures = old.figures[old.figures["indicator"].isin(list(project.catalog))]
    known = pd.concat([empty_rows(), figures], ignore_index=True)
    texts = [name for name in known if name not in ("year", "value", "row")]
    known[texts] = known[texts].fillna("")
    found = stand_all(project.plan, known, project.catalog, city=project.city.id, as_of=old.year)
    return {name: result(one) for name, one in found.items()}


def before_imports(project: CityData, names: Iterable[str]) -> pd.DataFrame:
    """Give the figures as they were before some imports: without the rows that these added.

    A row that was edited since then stays: it is no longer what was imported.
    """
    added = [row["row"] for name in names for row in project.imports[name]["rows"]]
    gone = {(*(one[key] for key in _ROW), int(one["year"]), float(one["value"])) for one in added}
    frame = project.observations
    rows = zip(*(frame[key] for key in (*_ROW, "year", "value")), strict=True)
    return frame[[row not in gone for row in rows]].reset_index(drop=True)
