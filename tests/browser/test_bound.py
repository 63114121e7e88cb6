"""A mass on a bound: the page's mathematics against Python's, over a grid of settings."""

from __future__ import annotations

import itertools
import json

import pandas as pd
import pytest
from explorer_pages import compare

from planbook.data.catalog import Indicator
from planbook.widgets.forecast_payload import RULES, answers, fit_all
from planbook.widgets.mathematics import defaults

pytestmark = [pytest.mark.browser]


@pytest.mark.parametrize(
    "values", [[100] * 10, [99.8, 99.9, *[100] * 8], [0] * 9, [30, 2, 1, 0, 0, 0]]
)
@pytest.mark.parametrize("upper", [100, None])
@pytest.mark.parametrize("shape", ["", "cumulative", "floor_each_year"])
def test_one_mathematics_at_a_bound(chromium, values, upper, shape):
    meta = Indicator.model_construct(
        id="thing", sector="energy", title={"en": "Thing", "zh": "物"}, unit="%", direction="up",
        bounds=[0, upper], decimals=1, kind="share", department="energy",
        definition={"en": "a", "zh": "一"},
    )  # fmt: skip
    points = pd.Series(values, index=range(2014, 2014 + len(values)), dtype=float)
    last, laws = int(points.index[-1]), []
    from planbook.data.plan import Target

    target = None
    if shape:
        target = Target(
            target_id="x", section=1, measure=1, indicator="thing", shape=shape, operator=">=",
            value=400.0 if shape == "cumulative" else 100.0, unit="%", base_year=last - 1,
            deadline=last + 4, note_en="a", note_zh="一",
        )  # fmt: skip
    one = fit_all(points, meta, laws, target=target, models=("pooled",), last_year=last + 6) | {
        "change": None, "start": {"year": 2014, "value": float(points.iloc[0])},
        "so_far": float(points.iloc[-1]), "weights": ([1.0] * 6, [1.0] * 6), "kept": [],
        "measured": {"years": [], "values": []}, "history": {"last_shown": float(points.iloc[-1])},
        "target": None if target is None else {
            key: getattr(target, key) for key in ("value", "operator", "base_year", "deadline")
        } | {"kind": answers(target.kind, adds=target.kind.sums, at_most=target.wants == "at_most")},
    }  # fmt: skip
    state = json.loads(json.dumps({
        "as_of": last, "horizon": last + 6, "level": 95, "draws": 1000, "rules": RULES, "laws": laws, "series": [one],
    }))  # fmt: skip
    assert ("atom" in state["series"][0]["models"]["pooled"]["0"]) == (
        values[-1] == 0 or upper == 100
    )
    chosen = [
        defaults(state) | {"step": step, "step_unit": unit, "adjust": adjust, "level": level,
                           "target": aim, "deadline": None if aim is None else last + 3}
        for step, unit, adjust, level, aim in itertools.product(
            (0.0, -7.0), ("points", "percent"), (0.0, 3.0), (50, 95), (None, 0.0, 93.0, 99.95, 100.0)
        )
    ]  # fmt: skip
    assert compare(chromium, state, chosen) < 1e-6
