"""What an explorer needs to work by itself: figures, forecasts by every model, words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from planbook.analysis.forecast import (
    DEFAULT_METHOD,
    METHODS,
    MOST_AHEAD,
    ForecastRefused,
    forecast,
    widened,
)
from planbook.analysis.forecast.base import MethodOptions
from planbook.analysis.progress.chances import DRAWS
from planbook.analysis.progress.facts import ON_COURSE, Facts, measure, settles
from planbook.analysis.progress.pace import start_of
from planbook.data.catalog import Indicator
from planbook.data.observations import NOT_OWN
from planbook.data.plan import Target
from planbook.data.series import Series
from planbook.data.shapes import SHAPES, LevelByDate, TargetShape
from planbook.data.targets import edge_of
from planbook.report.drawing import style as charts
from planbook.report.view import View
from planbook.text import asked, say
from planbook.widgets import forecast_coding as coding
from planbook.widgets.words import texts, unit_of

LAST_YEAR = 2035  # to which forecasts run at most
WINDOWS = (20, 15, 10, 8, 5)  # last figures that a reader may choose to fit, besides all
# Of the registry, without those whose centre is that of the drift; a live kernel has all.
MODELS = ("pooled", "theta", "ets_damped", "drift", "naive")
SLOW = {"theta": (20, 10), "ets_damped": (20, 10)}  # windows of what takes tenths of a second
EXACT = ("", "about")  # qualifiers of figures that are points
# from which chance a target counts as likely; bands of the fan inside the one asked for, per cent
RULES = {"likely": ON_COURSE, "inner": [80, 50]}
DIGITS = 9  # significant ones of a figure that is computed


def forecast_payload(
    view: View,
    pairs: Sequence[tuple[str, str]],
    *,
    target: Target | None = None,
    langs: Sequence[str] | None = None,
    models: Sequence[str] | None = None,
) -> dict | None:
    """Make the payload of a forecast explorer."""
    langs = tuple(langs or (view.lang,))
    laws: list[list[float]] = []
    made = []
    for number, (indicator, entity) in enumerate(pairs):
        aim = target_for(view, indicator, entity, target if number == 0 else None)
        try:
            made.append(
                series_of(view, indicator, entity, laws, target=aim, langs=langs, models=models)
            )
        except ForecastRefused:
            continue
    if not made:
        return None
    return {
        "version": 1,
        "lang": view.lang,
        "as_of": view.as_of,
        "horizon": view.horizon,
        "level": view.level,
        "draws": DRAWS,
        "rules": RULES,
        "laws": laws,
        "texts": {lang: texts("forecast", lang) for lang in langs},
        "series": made,
    }


def target_for(
    view: View, indicator: str, entity: str, target: Target | None = None
) -> Target | None:
    """Give `target`, or the plan's target of the city's own indicator that has a deadline."""
    if target is not None or entity != view.city:
        return target
    targets = view.project.plan.targets.values()
    return next((one for one in targets if one.indicator == indicator and one.deadline), None)


def select(
    view: View, indicator: str, entity: str, target: Target | None
) -> tuple[Series, Series, int | None]:
    """Select a series, the level that is forecast for it, and the base year of its change.

    Raises `ForecastRefused` if the catalogue forbids it.
    """
    found = view.series(indicator, entity)
    if found.indicator.forecast:
        raise ForecastRefused("refused_catalog")
    derive = found.indicator.derive
    if derive and derive.op == "change_from":
        return found, view.series(derive.of[0], entity), derive.base_year
    if target is not None and target.kind.relative and target.indicator == indicator:
        return found, found, target.base_year
    return found, found, None


def series_of(
    view: View,
    indicator: str,
    entity: str,
    laws: list[list[float]],
    *,
    target: Target | None = None,
    langs: Sequence[str] = ("en",),
    window: tuple[int, int] | None = None,
    models: Sequence[str] | None = None,
) -> dict:
    """Describe one series of the book: its forecasts and what readers are told of it.

    Raises `ForecastRefused` if the series cannot be forecast.
    """
    found, inner, base_year = select(view, indicator, entity, target)
    points = inner.last_segment
    base = None if base_year is None else points.get(base_year)
    if base_year is not None and not (base is not None and base > 0):
        raise ForecastRefused("refused_no_base", year=base_year)
    if window is not None:
        points = points[(points.index >= window[0]) & (points.index <= window[1])]
    own = target is not None and target.indicator == indicator  # a stand-in decides nothing
    one = fit_all(
        points, inner.indicator, laws, target=target, models=models, last_year=_last_year(points)
    )
    change = None if base is None else {"base": float(base), "year": base_year}
    one.update(terms(inner, points, target if own else _as_level(target), change, one["years"]))
    one.update(_about(view, found, inner, target, change, langs))
    if not own:
        one.update(measured={"years": [], "values": []}, kept=[])
    whole = inner.last_segment.index
    one["all_years"] = [int(whole[0]), int(whole[-1])]
    return one


def own_series(
    points: pd.Series,
    old: Mapping,
    laws: list[list[float]],
    *,
    view: View,
    langs: Sequence[str],
    given: Mapping[int, float],
) -> dict:
    """Describe figures that an analyst brings in place of a series of the book.

    Raises `ForecastRefused` if the figures cannot be forecast, or lie outside the physical bounds.
    """
    meta = view.project.catalog[old["id"]]
    if old["change"] and meta.derive:
        meta = view.project.catalog[meta.derive.of[0]]
    outside = points[(points < meta.lower) | (points > meta.upper)]
    if len(outside):
        raise ForecastRefused("refused_out_of_bounds", years=", ".join(map(str, outside.index)))
    if old["change"] and not points.get(old["change"]["year"], 0) > 0:
        raise ForecastRefused("refused_no_base", year=old["change"]["year"])
    target = view.project.plan.targets.get(old["target"]["id"]) if old["target"] else None
    fitted = fit_all(
        points, meta, laws, target=target, models=tuple(METHODS), last_year=_last_year(points)
    )
    one = {**old, **fitted}
    shown = points
    if old["change"]:
        base = float(points[old["change"]["year"]])
        one["change"] = {**old["change"], "base": base}
        shown = (points / base - 1) * 100
    else:
        one["start"] = {"year": int(points.index[0]), "value": _short(points.iloc[0])}
    one["so_far"] = one["weights"] = None
    if target is not None and target.kind.sums:
        shown = measure(target, points)
        whole = len(shown) and int(shown.index[-1]) == int(points.index[-1])
        one["so_far"] = float(shown.iloc[-1]) if whole else None
        one["weights"] = target.kind.weights(len(shown), len(one["years"])) if whole else None
        one["start"] = {"year": target.base_year, "value": 0.0}
    count = len(shown)
    one.update(
        own=sorted((int(year), float(value)) for year, value in given.items()),
        all_years=[min(given), max(given)],
        role="city_modelled" if "modelled" in old["role"] else old["role"],
        measured={"years": [], "values": []},
        kept=[],
        breaks=[],
        sources=[{lang: say("explore_own_data", lang) for lang in langs}],
        history={
            "years": [int(year) for year in shown.index],
            "values": [_short(value) for value in shown],
            "status": ["own"] * count,
            "qualifier": [""] * count,
            "segment": [0] * count,
            "source": [[0]] * count,
            "last_shown": _short(shown.iloc[-1]) if count else None,
        },
    )
    return one


def _last_year(points: pd.Series) -> int:
    """Give the year to which a reader may look: as far as the book itself would show."""
    return LAST_YEAR if points.empty else min(LAST_YEAR, int(points.index[-1]) + MOST_AHEAD)


def fit_all(
    points: pd.Series,
    meta: Indicator,
    laws: list[list[float]],
    *,
    target: Target | None = None,
    least: int = 0,
    models: Sequence[str] | None = None,
    windows: Sequence[int] = WINDOWS,
    last_year: int = LAST_YEAR,
) -> dict:
    """Fit every model on every window of a series.

    Raises `ForecastRefused` if no model can forecast the series.
    """
    if points.empty:
        raise ForecastRefused("refused_short", n=0, least=3)
    last = int(points.index[-1])
    steps = max(last_year, least, last + 1) - last
    limits: MethodOptions = {"lower": meta.lower, "upper": meta.upper, "kind": meta.kind}
    needs_paths = target is not None and (target.kind.sums or target.kind.every_year)
    fitted: dict[str, dict[str, dict]] = {}
    paths: dict[str, str] = {}
    reasons: list[ForecastRefused] = []
    for model in models or MODELS:
        chosen = [one for one in windows if one in SLOW.get(model, windows)]
        for window in (0, *(one for one in chosen if one < len(points))):
            try:
                fitted_points = points.iloc[-window:]
                made = forecast(fitted_points, steps, method=model, **limits)
            except ForecastRefused as error:
                reasons.append(error)
                continue
            made = widened(made, fitted_points, lower=meta.lower, upper=meta.upper)
            entry = coding.encode(made, meta.lower, meta.upper, laws)
            entry["fit"] = [*made.fitted_years, made.n]
            entry["warnings"] = list(made.warnings)
            if needs_paths:  # how the years hang together is shared by all windows
                entry["paths"] = "walk" if made.correlation is None else "own"
                if entry["paths"] not in paths:
                    paths[entry["paths"]] = coding.encode_ranks(made, DRAWS)
            fitted.setdefault(model, {})[str(window)] = entry
    fitted = {model: entries for model, entries in fitted.items() if "0" in entries}
    if not fitted:
        raise reasons[0]
    low, high = (None if not math.isfinite(one) else float(one) for one in (meta.lower, meta.upper))
    return {
        "models": fitted,
        "default": DEFAULT_METHOD if DEFAULT_METHOD in fitted else next(iter(fitted)),
        "paths": paths,
        "years": list(range(last + 1, last + 1 + steps)),
        "last": float(points.iloc[-1]),
        "last_year": last,
        "bounds": [low, high],
        "operator": "<=" if meta.direction == "down" else ">=",
        "decimals": meta.decimals,
        "edge": edge_of(meta),
    }


def terms(
    inner: Series,
    points: pd.Series,
    target: Target | None,
    change: Mapping | None,
    years: Sequence[int],
) -> dict[str, Any]:
    """Give what a target looks at: published figures in its terms, start, sum so far."""
    last = int(points.index[-1])
    meta = inner.indicator
    out: dict[str, Any] = {
        "change": change,
        "target": None,
        "start": {"year": int(points.index[0]), "value": _short(points.iloc[0])},
        "so_far": None,
        "weights": None,
        "kept": [],
        "measured": {"years": [], "values": []},
    }
    if change is not None:
        out["start"] = {"year": change["year"], "value": 0.0}
    if target is None:
        return out
    out["target"] = {
        "id": target.target_id,
        "value": float(target.value),
        "operator": target.operator,
        "base_year": target.base_year,
        "deadline": target.deadline,
    }
    segment = inner.last_segment
    observed = segment[~inner.frame.loc[segment.index, "status"].isin(NOT_OWN)]
    facts = Facts(target, meta, observed, last)
    # a reader gives a deadline where the plan sets none
    kind = SHAPES[target.shape].variant(target.base_year, target.deadline or LAST_YEAR)
    out["target"]["kind"] = answers(kind, adds=facts.accumulates, at_most=target.wants == "at_most")
    if change is None:
        found = start_of(Facts(target, meta, points, last))
        out["start"] = None if found is None else {"year": found[0], "value": _short(found[1])}
    if target.kind.sums:
        sums = measure(target, points)
        if len(sums) and int(sums.index[-1]) == last:
            out["so_far"] = float(sums.iloc[-1])
            out["weights"] = target.kind.weights(len(sums), len(years))
    decided = measure(target, observed)
    out["measured"] = {
        "years": [int(year) for year in decided.index],
        "values": [_short(value) for value in decided],
    }
    for year, row in inner.last_bounds.iterrows():
        span = (row["value"], meta.upper)
        if row["qualifier"] == "at_most":
            span = (meta.lower, row["value"])
        if row["status"] not in NOT_OWN and settles(facts, span):
            out["kept"].append(int(year))
    return out


def answers(kind: TargetShape, *, adds: bool, at_most: bool) -> dict[str, bool]:
    """Give what an explorer asks of a target's shape."""
    return {
        "level": not (kind.sums or kind.relative),
        "sums": kind.sums,
        "every_year": kind.every_year,
        "from_deadline": kind.from_deadline,
        "rate": kind.rate,
        "to_full": kind.to_full,
        "adds": adds,
        "budget": kind.keeps == "always" and at_most,
    }


def _as_level(target: Target | None) -> Target | None:
    """Read the target of another indicator's change as a level of the stand-in."""
    if target is None or not target.kind.relative:
        return target
    return target.model_copy(update={"shape": LevelByDate.key})


def _about(
    view: View,
    found: Series,
    inner: Series,
    target: Target | None,
    change: Mapping | None,
    langs: Sequence[str],
) -> dict:
    """Describe a series for readers: names, unit, figures with their sources, breaks."""
    meta, city = found.indicator, view.project.city
    frame, unit = found.frame, meta.unit
    if change and inner is found:  # the level is published, the target asks for its change
        frame = frame.assign(value=(frame["value"] / change["base"] - 1) * 100)
        unit = "%"
    elif target is not None and target.kind.sums:
        sums = measure(target, found.last_segment)
        frame = frame.loc[sums.index].assign(value=sums)
    views = {lang: replace(view, lang=lang) for lang in langs}
    named = list(dict.fromkeys(" ".join(frame["source"]).split()))
    exact = frame.loc[frame["qualifier"].isin(EXACT), "value"]
    return {
        "id": meta.id,
        "entity": found.entity,
        "name": {lang: meta.title[lang] for lang in langs},
        "place": {lang: view.project.entities[found.entity][lang] for lang in langs},
        "unit": {lang: unit_of(unit, lang, meta.decimals) for lang in langs},
        "role": charts.role(found, city.id, city.parents, tuple(city.counties)),
        "asked": None if target is None else {lang: asked(target, lang) for lang in langs},
        "stands_in": target is not None and target.indicator != meta.id,
        "history": {
            "years": [int(year) for year in frame.index],
            "values": [_short(value) for value in frame["value"]],
            "status": list(frame["status"]),
            "qualifier": list(frame["qualifier"]),
            "segment": [int(one) for one in frame["segment"]],
            "source": [[named.index(name) for name in row.split()] for row in frame["source"]],
            "last_shown": _short(exact.iloc[-1]) if len(exact) else None,
        },
        "sources": [
            {lang: views[lang].cite([name])[0]["label"] for lang in langs} for name in named
        ],
        "breaks": [
            {"year": item.from_, "reason": {lang: item.reason[lang] for lang in langs}}
            for item in meta.breaks_of(found.entity)
            if len(frame) and frame.index[0] < item.from_ <= frame.index[-1]
        ],
    }


def _short(value: float) -> float:
    return float(f"{float(value):.{DIGITS}g}")
