"""What a target may ask for: one class a shape, with every answer that anyone needs of it.

Rules, words, charts and explorers ask the class and never its name, so a shape is added
here alone, with its words in ``messages.yml``. A class that leaves an answer out does not
load.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

import pandas as pd

if TYPE_CHECKING:
    from planbook.data.targets import Target

Span = tuple[float, float]  # least and most


class TargetShape:
    """One shape of target; figures come by year, in the indicator's unit.

    Attributes
    ----------
    key : str
        As ``targets.csv`` writes it.
    rule : str
        Which rule of `planbook.analysis.progress.rules` gives the verdict.
    in_plan : bool
        Whether a plan may name it; if not, it is a variant of another shape.
    needs_base : bool
        Whether a target must name its base year.
    sums : bool
        Whether all years since the base year count together.
    relative : bool
        Whether the change since the base year counts, in per cent.
    every_year : bool
        Whether each year that it covers must hold, up to the deadline.
    from_deadline : bool
        Whether each year from the deadline on must hold.
    at_once : bool
        Whether it binds at once where no deadline is set.
    keeps : {'always', 'declared', 'never'}
        Whether what is reached stays reached; `declared`: the catalogue's `counts` says so.
    start : {'zero', 'figure', 'base_only', 'none'}
        What progress counts from: zero in the base year; the base year's figure, else the
        first; the base year's figure alone; nothing, as it is to be kept.
    to_full : bool
        Whether the way is measured on the logit scale, as coverage near its end is harder.
    rate : bool
        Whether a compound yearly rate has a meaning.
    of_target : bool
        Whether the share done is the figure over the target.
    is_amount : bool
        Whether it is drawn as an amount beside what is published of it.
    is_paced : bool
        Whether a yearly step towards it tells a reader something.
    open_end : bool
        Whether, without a deadline, not being there yet proves nothing.
    may_hold_already : bool
        Whether nothing is odd about a target that its base year's figure meets.
    yardsticks : {'all', 'equal_steps', 'kept'}
        Which published methods fit: all; those of equal steps; that of a kept level alone.
    refusal : str
        Ending of the ``method_missing_`` message for the others; empty with `all`.
    """

    key: ClassVar[str]
    rule: ClassVar[str]
    in_plan: ClassVar[bool]
    needs_base: ClassVar[bool]
    sums: ClassVar[bool]
    relative: ClassVar[bool]
    every_year: ClassVar[bool]
    from_deadline: ClassVar[bool]
    at_once: ClassVar[bool]
    keeps: ClassVar[Literal["always", "declared", "never"]]
    start: ClassVar[Literal["zero", "figure", "base_only", "none"]]
    to_full: ClassVar[bool]
    rate: ClassVar[bool]
    of_target: ClassVar[bool]
    is_amount: ClassVar[bool]
    is_paced: ClassVar[bool]
    open_end: ClassVar[bool]
    may_hold_already: ClassVar[bool]
    yardsticks: ClassVar[Literal["all", "equal_steps", "kept"]]
    refusal: ClassVar[str]

    def __init_subclass__(cls, family: bool = False) -> None:
        if family:
            return
        absent = [name for name in TargetShape.__annotations__ if not hasattr(cls, name)]
        absent += [name for name in _METHODS if getattr(cls, name) is getattr(TargetShape, name)]
        if absent:
            raise TypeError(f"shape {cls.__name__} gives no answer to {', '.join(absent)}")
        SHAPES[cls.key] = cls()

    def variant(self, base_year: int | None, deadline: int | None) -> TargetShape:
        """Give the shape that a target of these years has in truth."""
        return self

    def phrase(self, target: Target) -> str | None:
        """Give the message that says what is asked for; None for sign and value alone."""
        raise NotImplementedError

    def measure(self, target: Target, points: pd.Series, first: int | None) -> pd.Series:
        """Express figures in the terms of the target; `first` is the first year covered."""
        raise NotImplementedError

    def spans(
        self, target: Target, spans: Mapping[int, Span], base: float | None, whole: Span
    ) -> dict[int, Span]:
        """Express what is possible in each year likewise; `whole` is all the quantity can be."""
        raise NotImplementedError

    def latest_for(self, wanted: float, latest: float, measured: float, base: float) -> float:
        """Give the latest figure at which the measured value is `wanted`."""
        raise NotImplementedError

    def weights(self, before: int, steps: int) -> tuple[list[float], list[float]]:
        """Give for each step ahead what the value so far and the sum of later years weigh."""
        raise NotImplementedError

    def limits(self, lower: float, upper: float) -> Span:
        """Give the values that a target may have, by the bounds of its indicator."""
        raise NotImplementedError


SHAPES: dict[str, TargetShape] = {}
_METHODS = ("phrase", "measure", "spans", "latest_for", "weights", "limits")


class _Yearly(TargetShape, family=True):
    """A figure counts as it stands, each year by itself."""

    def measure(self, target: Target, points: pd.Series, first: int | None) -> pd.Series:
        return points

    def spans(
        self, target: Target, spans: Mapping[int, Span], base: float | None, whole: Span
    ) -> dict[int, Span]:
        return dict(spans)

    def latest_for(self, wanted: float, latest: float, measured: float, base: float) -> float:
        return wanted

    def weights(self, before: int, steps: int) -> tuple[list[float], list[float]]:
        raise TypeError(f"'{self.key}' counts each year by itself")

    def limits(self, lower: float, upper: float) -> Span:
        return lower, upper

    def phrase(self, target: Target) -> str | None:
        return None


class LevelByDate(_Yearly):
    """A level by a date."""

    key = "level_by_date"
    rule = "level"
    in_plan = True
    needs_base = False
    sums = relative = every_year = from_deadline = at_once = False
    keeps = "never"
    start = "figure"
    to_full = False
    rate = True
    of_target = is_amount = False
    is_paced = True
    open_end = False
    may_hold_already = False
    yardsticks = "all"
    refusal = ""


class Saturation(_Yearly):
    """All of something: the last part of the way is the longest."""

    key = "saturation"
    rule = "full"
    in_plan = True
    needs_base = False
    sums = relative = every_year = from_deadline = at_once = False
    keeps = "never"
    start = "figure"
    to_full = True
    rate = False
    of_target = is_amount = False
    is_paced = True
    open_end = True
    may_hold_already = False
    yardsticks = "equal_steps"
    refusal = "shape_saturation"

    def phrase(self, target: Target) -> str | None:
        full = target.unit == "%" and target.value == 100
        return "target_full" if full else None  # nothing lies above it: no sign


class Quantity(_Yearly):
    """An area, a length, a count: no rate is invented without a start."""

    key = "quantity"
    rule = "amount"
    in_plan = True
    needs_base = False
    sums = relative = every_year = from_deadline = at_once = False
    keeps = "declared"
    start = "base_only"
    to_full = rate = False
    of_target = is_amount = True
    is_paced = True
    open_end = True
    may_hold_already = True
    yardsticks = "equal_steps"
    refusal = "shape_quantity"


class Limit(_Yearly):
    """A cap on a concentration: it binds from its deadline on, without one at once."""

    key = "limit"
    rule = "cap"
    in_plan = True
    needs_base = False
    sums = relative = every_year = False
    from_deadline = at_once = True
    keeps = "never"
    start = "figure"
    to_full = False
    rate = True
    of_target = is_amount = False
    is_paced = True
    open_end = False
    may_hold_already = True
    yardsticks = "all"
    refusal = ""


class FloorByDate(_Yearly):
    """A floor with a deadline and no base year: “at 80 % or above by 2025” binds from 2025 on."""

    key = "floor_by_date"
    rule = "floor"
    in_plan = False
    needs_base = False
    sums = relative = every_year = False
    from_deadline = at_once = True
    keeps = "never"
    start = "figure"
    to_full = False
    rate = True
    of_target = is_amount = is_paced = False
    open_end = False
    may_hold_already = True
    yardsticks = "all"
    refusal = ""


class FloorEachYear(_Yearly):
    """A least level in each year of a period; its base year is the one before the first."""

    key = "floor_each_year"
    rule = "floor"
    in_plan = True
    needs_base = False
    sums = relative = False
    every_year = True
    from_deadline = False
    at_once = True
    keeps = "never"
    start = "none"
    to_full = rate = False
    of_target = is_amount = is_paced = False
    open_end = False
    may_hold_already = True
    yardsticks = "kept"
    refusal = "shape_floor"

    def variant(self, base_year: int | None, deadline: int | None) -> TargetShape:
        by_date = base_year is None and deadline is not None
        return SHAPES["floor_by_date"] if by_date else self

    def measure(self, target: Target, points: pd.Series, first: int | None) -> pd.Series:
        first = target.first_year or first
        covered = points if first is None else points[points.index >= first]
        return covered if target.deadline is None else covered[covered.index <= target.deadline]

    def phrase(self, target: Target) -> str | None:
        return "target_floor"


class ChangeFromBase(TargetShape):
    """A change since the base year, in per cent; a base of zero or below has none."""

    key = "change_from_base"
    rule = "level"
    in_plan = needs_base = True
    sums = False
    relative = True
    every_year = from_deadline = at_once = False
    keeps = "never"
    start = "zero"
    to_full = False
    rate = True
    of_target = is_amount = False
    is_paced = True
    open_end = False
    may_hold_already = True
    yardsticks = "all"
    refusal = ""

    def measure(self, target: Target, points: pd.Series, first: int | None) -> pd.Series:
        start = points.get(target.base_year)
        if start is None or start <= 0:
            return points.iloc[:0]
        after = points[points.index > target.base_year]
        return (after / start - 1) * 100

    def spans(
        self, target: Target, spans: Mapping[int, Span], base: float | None, whole: Span
    ) -> dict[int, Span]:
        if base is None or base <= 0:
            return {}
        return {
            year: ((low / base - 1) * 100, (high / base - 1) * 100)
            for year, (low, high) in spans.items()
        }

    def latest_for(self, wanted: float, latest: float, measured: float, base: float) -> float:
        return base * (1 + wanted / 100)

    def weights(self, before: int, steps: int) -> tuple[list[float], list[float]]:
        raise TypeError(f"'{self.key}' counts each year by itself")

    def limits(self, lower: float, upper: float) -> Span:
        return (-100.0 if lower >= 0 else -math.inf), math.inf

    def phrase(self, target: Target) -> str | None:
        return "target_fall" if target.value < 0 else "target_rise"


class Cumulative(TargetShape):
    """A sum over years; it ends before the first year that is missing."""

    key = "cumulative"
    rule = "sum"
    in_plan = needs_base = sums = True
    relative = every_year = from_deadline = at_once = False
    keeps = "always"
    start = "zero"
    to_full = rate = of_target = False
    is_amount = True
    is_paced = False
    open_end = False
    may_hold_already = True
    yardsticks = "equal_steps"
    refusal = "shape_cumulative"

    def measure(self, target: Target, points: pd.Series, first: int | None) -> pd.Series:
        base = target.base_year
        assert base is not None
        after = points[points.index > base]
        years = range(base + 1, base + 1 + len(after))
        whole = [year for year, have in zip(years, after.index, strict=True) if year == have]
        return after.loc[whole].cumsum()

    def spans(
        self, target: Target, spans: Mapping[int, Span], base: float | None, whole: Span
    ) -> dict[int, Span]:
        start = target.base_year
        assert start is not None
        total, out = (0.0, 0.0), {}
        for year in range(start + 1, max(spans, default=start) + 1):
            low, high = spans.get(year, whole)
            total = total[0] + low, total[1] + high
            out[year] = total
        return out

    def latest_for(self, wanted: float, latest: float, measured: float, base: float) -> float:
        return wanted - (measured - latest)

    def weights(self, before: int, steps: int) -> tuple[list[float], list[float]]:
        return [1.0] * steps, [1.0] * steps

    def limits(self, lower: float, upper: float) -> Span:
        return (0.0 if lower >= 0 else -math.inf), math.inf

    def phrase(self, target: Target) -> str | None:
        return "target_sum" if target.deadline else "target_sum_open"


IN_PLAN: Sequence[str] = tuple(sorted(one.key for one in SHAPES.values() if one.in_plan))
