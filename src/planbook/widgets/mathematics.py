"""The mathematics of the forecast explorer; ``front/mathematics.js`` is its mirror.

`explore` is a pure function of a payload and of the settings. The front end computes the
same from the same payload, and a test compares both over a grid of settings. Whoever
changes a formula here changes it there, and on the methods page.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from planbook.widgets import forecast_coding as coding

ROUNDING = 1e-9  # relative; as for a target that figures reach exactly
SAME = 1e-12  # relative difference below which a value counts as a bound itself
ON_BOUND = 1e-9  # chance within which a quantile counts as one of the bound
SMALLEST = 1e-12  # factor below which an adjustment leaves no spread
# what a figure is asked of that the plan sets no target for; see `forecast_payload.answers`
LEVEL = {
    "level": True, "sums": False, "every_year": False, "from_deadline": False, "rate": True,
    "to_full": False, "adds": False, "budget": False,
}  # fmt: skip

Settings = Mapping[str, Any]


def defaults(payload: Mapping, series: int = 0) -> dict[str, Any]:
    """Give the settings that repeat the book's own forecast of a series."""
    one = payload["series"][series]
    start = min(max(int(payload["as_of"]) + 1, one["years"][0]), one["years"][-1])
    return {
        "series": series,
        "model": one["default"],
        "window": 0,
        "horizon": min(max(int(payload["horizon"]), one["years"][0]), one["years"][-1]),
        "level": int(payload["level"]),
        "adjust": 0.0,
        "adjust_unit": "percent",
        "adjust_from": start,
        "fade": 0.0,
        "trend_fade": 0.0,
        "step": 0.0,
        "step_unit": "percent",
        "step_from": start,
        "ramp": 1,
        "target": None,
        "deadline": None,
    }


class Law:
    """The distribution of one adjusted forecast at each step; levels inside, the target's
    terms outside.

    A quantile q of the level becomes q·times + plus, held within the bounds. A mass on a
    bound moves with it.
    """

    def __init__(
        self, one: Mapping, laws: Sequence[Sequence[float]], settings: Settings, plain: bool
    ) -> None:
        entry = one["models"][settings["model"]][str(settings["window"])]
        self.scale = entry["scale"]
        self.points = coding.decode(entry, laws)
        self.atom = entry.get("atom")
        low, high = one["bounds"]
        self.lower = -math.inf if low is None else float(low)
        self.upper = math.inf if high is None else float(high)
        self.base = one["change"]["base"] if one["change"] else None
        self.times, self.plus = adjustment(one, self, settings, plain)

    def plain(self, z: float, step: int) -> float:
        """Give the unadjusted quantile of the level at normal score `z`."""
        if self.atom is not None:
            free = self._off_bound(np.array([z]), step)[0]
            if math.isnan(free):
                return self._bound
            z = float(free)
        u = interp(z, coding.NODES, self.points[step])
        return min(max(self._back(u), self.lower), self.upper)

    @property
    def _bound(self) -> float:
        return self.upper if self.atom["upper"] else self.lower

    def _off_bound(self, scores: np.ndarray, step: int) -> np.ndarray:
        """Give normal scores under the law off the bound; not a number on the bound itself."""
        p, mass = ndtr(scores), self.atom["mass"][step]
        free = p / (1 - mass) if self.atom["upper"] else (p - mass) / (1 - mass)
        on = p >= 1 - mass - ON_BOUND if self.atom["upper"] else p <= mass + ON_BOUND
        return np.where(on, math.nan, ndtri(np.clip(free, 0.0, 1.0)))

    def quantile(self, z: float, step: int) -> float:
        """Give the adjusted quantile at normal score `z`, in the terms shown."""
        level = self.plain(z, step) * self.times[step] + self.plus[step]
        return self.shown(min(max(level, self.lower), self.upper))

    def quantiles(self, scores: np.ndarray, step: int) -> np.ndarray:
        """Give `quantile` of many normal scores at once."""
        at, on = self.points[step], None
        if self.atom is not None:
            scores = self._off_bound(scores, step)
            on = np.isnan(scores)
            scores = np.where(on, 0.0, scores)
        place = np.clip(np.searchsorted(coding.NODES, scores, side="right") - 1, 0, len(at) - 2)
        width = coding.NODES[place + 1] - coding.NODES[place]
        share = np.clip((scores - coding.NODES[place]) / width, 0.0, 1.0)
        u = at[place] + share * (at[place + 1] - at[place])
        plain = np.clip(coding.back(u, self.scale, self.lower, self.upper), self.lower, self.upper)
        plain = plain if on is None else np.where(on, self._bound, plain)
        level = np.clip(plain * self.times[step] + self.plus[step], self.lower, self.upper)
        return level if self.base is None else (level / self.base - 1) * 100

    def cdf(self, value: float, step: int, *, strict: bool = False) -> float:
        """Give the chance of at most `value`, in the terms shown; with `strict` of less."""
        level = value if self.base is None else self.base * (1 + value / 100)
        strict = strict and self.atom is not None  # else no value has a chance of its own
        if level < self.lower or (strict and level == self.lower):
            return 0.0
        if level > self.upper or (level == self.upper and not (strict and self.atom["upper"])):
            return 1.0
        before = (level - self.plus[step]) / self.times[step]
        u = float(coding.forward(np.array(before), self.scale, self.lower, self.upper))
        below = float(ndtr(interp(u, self.points[step], coding.NODES)))
        if self.atom is None:
            return below
        mass, at = self.atom["mass"][step], self._bound
        is_at = abs(before - at) <= SAME * max(1.0, abs(at))
        if self.atom["upper"]:
            if (before > at and not is_at) or (is_at and not strict):
                return 1.0
            return (1 - mass) * (1.0 if is_at else below)
        if (before < at and not is_at) or (is_at and strict):
            return 0.0
        return mass + (1 - mass) * (0.0 if is_at else below)

    def shown(self, level: float) -> float:
        """Express a level in the terms shown: itself, or its change from the base year."""
        return level if self.base is None else (level / self.base - 1) * 100

    def _back(self, u: float) -> float:
        return float(coding.back(np.array(u), self.scale, self.lower, self.upper))


def adjustment(
    one: Mapping, law: Law, settings: Settings, plain: bool
) -> tuple[list[float], list[float]]:
    """Give factor and addend of each step.

    With the share kept a year κ = 1 − trend_fade/100 and the medians m_0 (last figure),
    m_1, …, the trend becomes m'_t = m_0·exp(Σ_{k≤t} κ^k ln(m_k/m_{k−1})) where all are
    above zero, else m_0 + Σ_{k≤t} κ^k (m_k − m_{k−1}). In the n-th year from
    ``adjust_from`` on, with φ = 1 − fade/100, the yearly adjustment a has grown to the
    factor Π_{k<n} (1 + a·φ^k/100), in per cent, or to the amount a·Σ_{k<n} φ^k, in points.
    The step is size·min(1, n/ramp) in its n-th year. Factors come first, then amounts. For
    a change from a base year a point is one per cent of the base.
    """
    years = one["years"]
    count = len(years)
    if plain:
        return [1.0] * count, [0.0] * count
    kept = 1 - float(settings["trend_fade"]) / 100
    share = 1 - float(settings["fade"]) / 100
    amount, size = float(settings["adjust"]), float(settings["step"])
    middle = [float(one["last"]), *(law.plain(0.0, step) for step in range(count))]
    ratio = min(middle) > 0
    point = 1.0 if law.base is None else law.base / 100
    times, plus = [], []
    moved, power = 0.0, 1.0
    for step, year in enumerate(years):
        factor, addend = 1.0, 0.0
        if kept != 1:
            power *= kept
            before, now = middle[step], middle[step + 1]
            moved += power * (math.log(now / before) if ratio else now - before)
            if ratio:
                factor = middle[0] * math.exp(moved) / now
            else:
                addend = middle[0] + moved - now
        grown, summed, still = 1.0, 0.0, 1.0
        for _ in range(max(0, year - int(settings["adjust_from"]) + 1)):
            grown *= 1 + amount * still / 100
            summed += amount * still
            still *= share
        part = min(1.0, max(0, year - int(settings["step_from"]) + 1) / int(settings["ramp"]))
        if settings["adjust_unit"] == "points":
            grown = 1.0
        else:
            summed = 0.0
        stepped = 1.0
        if settings["step_unit"] == "points":
            summed += size * part
        else:
            stepped = 1 + size * part / 100
        whole = grown * stepped
        times.append(max(factor * whole, SMALLEST))
        plus.append(addend * whole + summed * point)
    return times, plus


def interp(x: float, at: np.ndarray, values: np.ndarray) -> float:
    """Interpolate linearly; the ends hold beyond, and of equal points the last counts."""
    place = int(np.searchsorted(at, x, side="right")) - 1
    if place < 0:
        return float(values[0])
    if place >= len(at) - 1:
        return float(values[-1])
    share = (x - at[place]) / (at[place + 1] - at[place])
    return float(values[place] + share * (values[place + 1] - values[place]))


def explore(payload: Mapping, settings: Settings) -> dict[str, Any]:
    """Compute everything that the explorer shows.

    Methods page, "The forecast explorer". Sums are those of paths: path i takes at each
    step the quantile of its rank there, so that one path may be high in one year
    and low in another as the model's errors allow.
    """
    one = payload["series"][int(settings["series"])]
    aim = target_of(one, settings)
    level = int(settings["level"])
    changed = _read(payload, one, settings, aim, plain=False)
    plain = _read(payload, one, settings, aim, plain=True)
    wanted = [level, *(inner for inner in payload["rules"]["inner"] if inner < level)]
    bands = []
    for width in wanted:
        z = float(ndtri(0.5 + width / 200))
        bands.append({"level": width, "lower": changed.row(-z), "upper": changed.row(z)})
    z = float(ndtri(0.5 + level / 200))
    base = {"median": plain.row(0.0), "lower": plain.row(-z), "upper": plain.row(z)}
    median = changed.row(0.0)
    at = one["years"].index(int(settings["horizon"]))
    result = {
        "years": list(one["years"]),
        "median": median,
        "bands": bands,
        "base": base,
        "chance": None,
        "chance_base": None,
        "decided": None,
        "reached": None,
        "reached_base": None,
        "likely": None,
        **_pace(one, aim, median),
        "difference": median[at] - base["median"][at],
        "difference_pct": _relative(one, median[at], base["median"][at]),
    }
    if aim is None:
        return result
    result["decided"] = _decided(one, aim)
    if result["decided"] is None:
        result["chance"], result["chance_base"] = changed.chance(), plain.chance()
    last = one["so_far"] if aim["kind"]["sums"] else one["history"]["last_shown"]
    if last is not None and is_met(aim, last) and not aim["kind"]["budget"]:
        result["reached"] = result["reached_base"] = result["likely"] = one["last_year"]
        return result
    for key, law in (("reached", changed), ("reached_base", plain)):
        if law.row_known and not aim["kind"]["budget"]:
            result[key] = next(
                (
                    year
                    for year, value in zip(one["years"], law.row(0.0), strict=True)
                    if is_met(aim, value)
                ),
                None,
            )
    likely = payload["rules"]["likely"]
    if changed.row_known and not aim["kind"]["budget"]:
        result["likely"] = next(
            (year for step, year in enumerate(one["years"]) if changed.chance_at(step) >= likely),
            None,
        )
    return result


def target_of(one: Mapping, settings: Settings) -> dict | None:
    """Give the target that the settings ask about, or None."""
    plan = one["target"]
    value = settings["target"]
    deadline = settings["deadline"]
    if value is None:
        value = plan["value"] if plan else None
    if deadline is None:
        deadline = plan["deadline"] if plan else None
    if value is None or deadline is None:
        return None
    operator = plan["operator"] if plan else one["operator"]
    kind = plan["kind"] if plan else LEVEL
    threshold = float(value)
    if kind["level"] and not one["change"]:
        edge = one["bounds"][1] if operator in (">=", ">", "==") else one["bounds"][0]
        full = (edge is not None and value == edge) or (kind["to_full"] and value == 100)
        if full and operator not in (">", "<"):
            near = float(one["edge"])
            threshold = threshold - near if operator in (">=", "==") else threshold + near
    first = plan["base_year"] + 1 if plan and plan["base_year"] is not None else None
    return {
        "value": float(value),
        "threshold": threshold,
        "deadline": int(deadline),
        "operator": operator,
        "kind": kind,
        "first": first,
    }


def is_met(aim: Mapping, value: float) -> bool:
    """Tell whether a value satisfies the target of `target_of`; rounding of floats aside."""
    goal, operator = aim["threshold"], aim["operator"]
    if abs(value - goal) <= max(ROUNDING * max(abs(value), abs(goal)), ROUNDING):
        return operator in (">=", "<=", "==")
    if operator in (">=", ">"):
        return value > goal
    if operator == "==":
        return goal != aim["value"] and value > goal
    return value < goal


def _wants_most(aim: Mapping) -> bool:
    return aim["operator"] in ("<=", "<")


class _Reading:
    """Rows and chances of a law, in the terms of the target."""

    def __init__(self, one: Mapping, law: Law, aim: Mapping | None, paths: np.ndarray | None):
        self.one, self.law, self.aim = one, law, aim
        self.sums = None
        self.paths = None
        self.row_known = True
        if aim is None or not (aim["kind"]["sums"] or aim["kind"]["every_year"]):
            return
        if paths is None:
            self.row_known = not aim["kind"]["sums"]
            return
        draws = len(paths)
        scores = ndtri((np.arange(draws) + 0.5) / draws)
        steps = range(len(one["years"]))
        values = np.array([law.quantiles(scores, step) for step in steps])
        self.paths = np.take_along_axis(values.T, paths, axis=0)  # shape (draws, h)
        if aim["kind"]["sums"] and one["so_far"] is not None:
            kept, share = map(np.array, one["weights"])
            later = share * self.paths.cumsum(axis=1)
            self.sums = np.sort(kept * one["so_far"] + later, axis=0)
        elif aim["kind"]["sums"]:
            self.row_known = False

    def row(self, z: float) -> list[float]:
        """Give the quantile at normal score `z` at every step."""
        if self.sums is not None:
            return [float(one) for one in np.quantile(self.sums, float(ndtr(z)), axis=0)]
        return [self.law.quantile(z, step) for step in range(len(self.one["years"]))]

    def chance_at(self, step: int) -> float:
        """Give the chance that the figure of one step satisfies the target."""
        assert self.aim is not None  # nobody asks without a target
        goal, most = self.aim["threshold"], _wants_most(self.aim)
        if self.sums is not None:
            sums, strict = self.sums[:, step], self.law.atom is not None and not most
            below = float(np.mean(sums < goal if strict else sums <= goal))
        else:
            below = self.law.cdf(goal, step, strict=not most)
        return below if most else 1 - below

    def chance(self) -> float | None:
        """Give the chance of the target at its deadline; None beyond the years forecast."""
        one, aim = self.one, self.aim
        if aim is None or aim["deadline"] not in one["years"] or not self.row_known:
            return None
        at = one["years"].index(aim["deadline"])
        if not aim["kind"]["every_year"]:
            return self.chance_at(at)
        if self.paths is None:
            return None
        sign = -1 if _wants_most(aim) else 1
        good = np.ones(len(self.paths), bool)
        for step in range(at + 1):
            year = one["years"][step]
            if year >= aim["first"] and year not in one["kept"]:
                good &= sign * (self.paths[:, step] - aim["threshold"]) >= 0
        return float(good.mean())


def _read(
    payload: Mapping, one: Mapping, settings: Settings, aim: Mapping | None, *, plain: bool
) -> _Reading:
    law = Law(one, payload["laws"], settings, plain)
    entry = one["models"][settings["model"]][str(settings["window"])]
    name = entry.get("paths")
    paths = (
        coding.decode_ranks(one["paths"][name], int(payload["draws"])) if name is not None else None
    )
    return _Reading(one, law, aim, paths)


def _decided(one: Mapping, aim: Mapping) -> bool | None:
    """Tell whether published figures have settled the target; None while they have not."""
    whole = dict(zip(one["measured"]["years"], one["measured"]["values"], strict=True))
    shown = {year: value for year, value in whole.items() if year <= aim["deadline"]}
    if aim["kind"]["from_deadline"]:
        since = [value for year, value in whole.items() if year >= aim["deadline"]]
        if any(not is_met(aim, value) for value in since):
            return False
    elif aim["kind"]["every_year"]:
        covered = [value for year, value in shown.items() if year >= aim["first"]]
        if any(not is_met(aim, value) for value in covered):
            return False
    elif aim["kind"]["adds"] and not _wants_most(aim):
        if any(is_met(aim, value) for value in shown.values()):
            return True
    elif aim["kind"]["budget"] and any(not is_met(aim, value) for value in shown.values()):
        return False
    if aim["deadline"] not in shown:
        return None
    return is_met(aim, shown[aim["deadline"]])


def _pace(one: Mapping, aim: Mapping | None, median: Sequence[float]) -> dict[str, float | None]:
    """Give yearly steps and compound rates: required, of the past, of the forecast."""
    out = dict.fromkeys(("needed", "seen", "ahead", "needed_rate", "seen_rate", "ahead_rate"))
    cumulative = aim is not None and aim["kind"]["sums"]
    last = one["so_far"] if cumulative else one["history"]["last_shown"]
    if last is None or (aim is not None and aim["kind"]["every_year"]):
        return out
    start, year = one["start"], one["last_year"]

    def rate(first: float, final: float, years: int) -> float | None:
        if aim is not None and not aim["kind"]["rate"]:
            return None
        one_, two = _level(one, first), _level(one, final)
        return (two / one_) ** (1 / years) - 1 if one_ > 0 and two > 0 else None

    if start is not None and start["year"] < year:
        out["seen"] = (last - start["value"]) / (year - start["year"])
        out["seen_rate"] = rate(start["value"], last, year - start["year"])
    if aim is None:
        return out
    left = aim["deadline"] - year
    if left >= 1 and not (is_met(aim, last) and not aim["kind"]["budget"]):
        out["needed"] = (aim["value"] - last) / left
        out["needed_rate"] = rate(last, aim["value"], left)
    if left >= 1 and aim["deadline"] in one["years"]:
        final = median[one["years"].index(aim["deadline"])]
        out["ahead"] = (final - last) / left
        out["ahead_rate"] = rate(last, final, left)
    return out


def _level(one: Mapping, value: float) -> float:
    """Give what compound rates rest on: the value, or for a change one plus it."""
    return 1 + value / 100 if one["change"] else value


def _relative(one: Mapping, value: float, other: float) -> float | None:
    """Give the difference of two values as per cent of the level of the second."""
    under = _level(one, other)
    return (_level(one, value) / under - 1) * 100 if under > 0 else None
