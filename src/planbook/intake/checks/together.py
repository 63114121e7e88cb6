"""Each figure beside others: its own series, its parts and totals, its counties.

The jump test (`jump`) is stated in full on its function, because an analyst who is
warned must be able to recompute it.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from planbook.data import units
from planbook.data.catalog import Catalog, Indicator
from planbook.data.observations import Source
from planbook.files.records import Strict, Text, load_records
from planbook.intake.checks.revisions import Key
from planbook.intake.faults import Fault, Level
from planbook.intake.meaning.resolve import NewFigure

ROUNDING = 0.005  # share by which rounded parts may exceed their rounded total
SCORE = 3.5  # modified z-score above which a change is odd (Iglewicz and Hoaglin 1993)
MIN_CHANGES = 4  # changes between neighbouring figures that the score needs
MATERIAL = 0.05  # share by which a figure may miss the series' middle course without a word
_LARGEST_LOG = 700.0  # beyond it exp overflows
RATIO = 3.0  # for short series: times the neighbouring figure, or a third of it
_SLIPS = (10.0, 100.0, 1000.0, 1e4, 1e8)  # what a wrong 万 or t for kt makes
_SLIP_WIDTH = 0.25  # share by which a slip may miss these
_EXTENSIVE = ("amount", "capacity", "count")  # kinds of which counties add up to the city


class Relation(Strict):
    """The sum of `parts` is at most the sum of `totals`.

    Where a figure of `may_add` is unknown, or the relation is not `firm`, breaking the
    rule is a warning only.
    """

    parts: tuple[str, ...]
    totals: tuple[str, ...]
    may_add: tuple[str, ...] = ()
    firm: bool = True
    reason: Text


def load_relations(path: Path, catalog: Catalog, root: Path | None = None) -> list[Relation]:
    """Read ``data/factors/relations.yml``, and the shares that the catalogue computes.

    Raises `DataError` if a key is unknown, or names an indicator that does not exist.
    """
    found = list(load_records(path, Relation, root).values())
    for item in catalog.values():
        if item.derive and item.derive.op == "share_of":
            part, total = item.derive.of
            if not catalog[part].derive and not catalog[total].derive:
                found.append(Relation(parts=(part,), totals=(total,), reason=item.definition))
    return [one for one in found if {*one.parts, *one.totals, *one.may_add} <= set(catalog)]


def overlay(
    figures: Sequence[NewFigure], known: Mapping[Key, Mapping[str, Any]]
) -> dict[Key, tuple[float, NewFigure | None]]:
    """Put new figures over those known, by indicator, place and year."""
    values: dict[Key, tuple[float, NewFigure | None]] = {
        key: (float(row["value"]), None) for key, row in known.items()
    }
    values.update({one.key: (one.value, one) for one in figures})
    return values


def check_together(
    figures: Sequence[NewFigure],
    known: Mapping[Key, Mapping[str, Any]],
    catalog: Catalog,
    relations: Sequence[Relation],
    city: str,
    accounts: Mapping[str, str] | None = None,
) -> list[Fault]:
    """Test new figures against their series, their totals and the city's."""
    values = overlay(figures, known)
    sources = {key: str(row["source"]) for key, row in known.items()}
    sources.update({one.key: one.source for one in figures})
    kinds = {key: (accounts or {}).get(source, "") for key, source in sources.items()}
    faults = []
    for figure in figures:
        item = catalog[figure.indicator]
        faults += _series_faults(figure, values, item)
        faults += _share_faults(figure, item)
    for relation in relations:
        faults += _relation_faults(relation, figures, values, catalog, kinds)
    faults += _county_faults(figures, values, catalog, city)
    return faults


def _series_faults(
    figure: NewFigure, values: Mapping[Key, tuple[float, NewFigure | None]], item: Indicator
) -> list[Fault]:
    years = {
        year: value
        for (indicator, entity, year), (value, _) in values.items()
        if (indicator, entity) == (figure.indicator, figure.entity)
    }
    breaks = [one.from_ for one in item.breaks_of(figure.entity) if one.from_ <= figure.year]
    since = max(breaks, default=0)
    until = min(
        (one.from_ for one in item.breaks_of(figure.entity) if one.from_ > figure.year),
        default=9999,
    )
    series = {year: value for year, value in years.items() if since <= year < until}
    faults = []
    earlier = [year for year in series if year < figure.year]
    if earlier and max(earlier) < figure.year - 1:
        missing = [str(year) for year in range(max(earlier) + 1, figure.year)]
        shown = ", ".join(missing) if len(missing) < 4 else f"{missing[0]}–{missing[-1]}"
        faults.append(figure.fault("year_gap", "year", "warning", missing=shown))
    others = {year: value for year, value in series.items() if year != figure.year}
    if not others:
        return faults
    near = min(others, key=lambda year: (abs(year - figure.year), year > figure.year))
    if slip := unit_slip(figure.value, others[near]):
        faults.append(
            figure.fault("unit_slip", level="warning", times=f"{slip:g}", year=near,
                         other=f"{others[near]:.12g}")
        )  # fmt: skip
        return faults
    found = jump(others, figure.year, figure.value)
    if found:
        rule, numbers = found
        faults.append(figure.fault(rule, level="warning", year=near,
                                   other=f"{others[near]:.12g}", **numbers))  # fmt: skip
    return faults


def unit_slip(value: float, other: float) -> float | None:
    """Tell by which power of ten a figure misses its neighbour, as a wrong unit would."""
    if value <= 0 or other <= 0:
        return None
    ratio = max(value / other, other / value)
    for slip in _SLIPS:
        if abs(ratio / slip - 1) <= _SLIP_WIDTH:
            return slip
    return None


def jump(others: Mapping[int, float], year: int, value: float) -> tuple[str, dict] | None:
    """Tell whether a figure jumps beyond what its series has done before.

    With at least `MIN_CHANGES` earlier changes between neighbouring figures (per year;
    of logarithms where all figures are positive, so that growth by a steady rate is no
    jump), the modified z-score of the new change is |0.6745 (d − median)| / MAD, with
    the median absolute deviation MAD; where the MAD is zero, |d − median| / (1.2533 ×
    mean absolute deviation). Above `SCORE` the figure is odd, if it also lies more than
    `MATERIAL` from where the middle change would have led. With fewer changes it is odd if it is
    more than `RATIO` times its neighbour or less than a `RATIO`-th of it.

    B. Iglewicz and D. Hoaglin (1993), How to Detect and Handle Outliers, ASQC
    Quality Press: modified z-score, cut-off 3.5.
    """
    before = [one for one in others if one < year]
    near = max(before) if before else min(others)
    positive = value > 0 and all(one > 0 for one in others.values())
    scale = math.log if positive else float
    years = sorted(others)
    changes = [(scale(others[b]) - scale(others[a])) / (b - a) for a, b in pairwise(years)]
    change = (scale(value) - scale(others[near])) / (year - near)
    if len(changes) >= MIN_CHANGES:
        middle = statistics.median(changes)
        spreads = [abs(one - middle) for one in changes]
        spread = statistics.median(spreads) / 0.6745 or 1.2533 * statistics.fmean(spreads)
        led = scale(others[near]) + middle * (year - near)
        expected = math.exp(min(led, _LARGEST_LOG)) if positive else led
        if abs(value - expected) <= MATERIAL * max(abs(others[near]), abs(expected)):
            return None
        score = abs(change - middle) / spread if spread > 1e-12 else math.inf
        if score > SCORE:
            shown = f"{score:.1f}" if math.isfinite(score) else "∞"
            return "jump", {"score": shown, "limit": f"{SCORE:g}", "changes": len(changes)}
        return None
    if positive:
        ratio = value / others[near]
        if ratio > RATIO or ratio < 1 / RATIO:
            return "jump_short", {"ratio": f"{ratio:.3g}", "limit": f"{RATIO:g}"}
    return None


def _share_faults(figure: NewFigure, item: Indicator) -> list[Fault]:
    beside = figure.given_unit in ("%", "％") and "%" in figure.given_value
    if item.unit == "%" and item.kind == "share" and 0 < figure.value <= 1 and not beside:
        return [figure.fault("share_fraction", level="warning", share=f"{100 * figure.value:.6g}")]
    return []


def broken(
    relation: Relation,
    entity: str,
    year: int,
    values: Mapping[Key, float],
    catalog: Catalog,
) -> tuple[float, float, bool] | None:
    """Tell by which sums a relation is broken in one place and year."""
    unit = catalog[relation.totals[0]].unit

    def total(names: Sequence[str]) -> float | None:
        whole = 0.0
        for name in names:
            one = values.get((name, entity, year))
            if one is None:
                return None
            whole += one * units.factor(catalog[name].unit, unit)
        return whole

    parts, whole, more = total(relation.parts), total(relation.totals), total(relation.may_add)
    if parts is None or whole is None or parts <= (whole + (more or 0.0)) * (1 + ROUNDING):
        return None
    return parts, whole + (more or 0.0), bool(relation.may_add) and more is None


def are_unlike(relation: Relation, entity: str, year: int, kinds: Mapping[Key, str]) -> bool:
    """Tell whether some figures of a relation are of first accounts, others of revised ones."""
    names = (*relation.parts, *relation.totals)
    return {"first", "revised"} <= {kinds.get((name, entity, year), "") for name in names}


def accounts_of(sources: Mapping[str, Source]) -> dict[str, str]:
    """Give, by its key, of which accounts each source is that says so."""
    return {key: one.accounts for key, one in sources.items() if one.accounts}


def _relation_faults(
    relation: Relation,
    figures: Sequence[NewFigure],
    values: Mapping[Key, tuple[float, NewFigure | None]],
    catalog: Catalog,
    kinds: Mapping[Key, str],
) -> list[Fault]:
    members = {*relation.parts, *relation.totals, *relation.may_add}
    unit = catalog[relation.totals[0]].unit
    places = {(one.entity, one.year) for one in figures if one.indicator in members}
    plain = {key: value for key, (value, _) in values.items() if key[0] in members}
    faults = []
    for entity, year in sorted(places):
        found = broken(relation, entity, year, plain, catalog)
        if found is None or are_unlike(relation, entity, year, kinds):
            continue
        parts, whole, is_open = found
        level: Level = "warning" if is_open or not relation.firm else "error"
        figure = next(
            one
            for one in figures
            if one.indicator in members and (one.entity, one.year) == (entity, year)
        )
        name = {
            side: {lang: _names(catalog, ids, lang) for lang in ("en", "zh")}
            for side, ids in (
                ("parts", relation.parts),
                ("totals", (*relation.totals, *(() if is_open else relation.may_add))),
            )
        }
        faults.append(
            figure.fault(
                "parts_above" if level == "error" else "parts_above_open",
                level=level,
                parts=name["parts"],
                totals=name["totals"],
                sum=f"{parts:.10g}",
                whole=f"{whole:.10g}",
                unit=unit,
                reason={"en": relation.reason.en, "zh": relation.reason.zh},
            )
        )
    return faults


def _names(catalog: Catalog, ids: Sequence[str], lang: str) -> str:
    return " + ".join(catalog[one].title[lang] for one in ids)


def check_totals(
    figures: Sequence[NewFigure], catalog: Catalog, counties: Sequence[str]
) -> list[Fault]:
    """Doubt a figure of the city that is only called a total.

    It passes where every county stands beside it with a figure of the same indicator and
    year, and these add up to it.
    """
    values = {one.key: one.value for one in figures}
    faults = []
    for one in figures:
        if not one.is_total:
            continue
        keys = [(one.indicator, county, one.year) for county in counties]
        parts = [values[key] for key in keys if key in values]
        adds = catalog[one.indicator].kind in _EXTENSIVE and 0 < len(parts) == len(keys)
        if not adds or abs(sum(parts) - one.value) > ROUNDING * abs(one.value):
            faults.append(one.fault("total_unproven", "entity", "warning"))
    return faults


def _county_faults(
    figures: Sequence[NewFigure],
    values: Mapping[Key, tuple[float, NewFigure | None]],
    catalog: Catalog,
    city: str,
) -> list[Fault]:
    """Find counties that together exceed the city in what adds up."""
    faults = []
    for indicator, year in sorted({(one.indicator, one.year) for one in figures}):
        whole = values.get((indicator, city, year))
        if catalog[indicator].kind not in _EXTENSIVE or whole is None or whole[0] < 0:
            continue
        counties = {
            entity: value
            for (name, entity, when), (value, _) in values.items()
            if (name, when) == (indicator, year) and entity != city
        }
        total = sum(counties.values())
        if counties and total > whole[0] * (1 + ROUNDING):
            figure = next(one for one in figures if (one.indicator, one.year) == (indicator, year))
            faults.append(
                figure.fault("counties_above", sum=f"{total:.10g}", whole=f"{whole[0]:.10g}",
                             unit=catalog[indicator].unit, counties=", ".join(sorted(counties)))
            )  # fmt: skip
    return faults
