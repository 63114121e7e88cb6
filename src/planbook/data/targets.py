"""A quantified target of a plan: what it asks for, from when, and what satisfies it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from planbook.data.catalog import Indicator
from planbook.data.shapes import IN_PLAN, SHAPES, TargetShape
from planbook.files.records import Strict

if TYPE_CHECKING:
    Shape = str
else:
    Shape = Literal[IN_PLAN]
Operator = Literal[">=", ">", "<=", "<", "=="]
PERIOD = 5  # years of a plan
# A coverage counts as complete from here on: “in full” means full application, and no audit
# tells 99.5 % of a survey from it. For state, chance and explorers alike.
FULL_PCT = 99.5
ROUNDING = 1e-12  # share by which sums and ratios of floats may miss a value that they equal


class Target(Strict):
    """One quantified target, a row of ``targets.csv``."""

    target_id: str
    section: int
    measure: int
    indicator: str
    shape: Shape
    operator: Operator
    value: float
    unit: str
    base_year: int | None
    deadline: int | None
    note_en: str
    note_zh: str

    @model_validator(mode="after")
    def _complete(self) -> Target:
        if self.kind.needs_base and self.base_year is None:
            raise ValueError(f"a target of shape '{self.shape}' needs a base_year")
        if self.base_year and self.deadline and self.base_year >= self.deadline:
            raise ValueError("the base_year is not before the deadline")
        if not self.note_en or not self.note_zh:
            raise ValueError("the note is missing in one language; it keeps the plan's own figure")
        return self

    @property
    def base(self) -> int:
        """The base year of a target whose shape needs one, or that is known to have one."""
        assert self.base_year is not None, self.target_id
        return self.base_year

    @property
    def due(self) -> int:
        """The deadline of a target that is known to have one."""
        assert self.deadline is not None, self.target_id
        return self.deadline

    @property
    def kind(self) -> TargetShape:
        """What the target asks for in truth; see `planbook.data.shapes`."""
        return SHAPES[self.shape].variant(self.base_year, self.deadline)

    @property
    def binds_on(self) -> bool:
        """Whether it binds in every year from its deadline on, not in that year alone."""
        return self.kind.from_deadline and self.deadline is not None

    def edge(self, indicator: Indicator) -> float:
        """Give how far below full, or above nothing, a figure still counts as such.

        Zero unless the target asks for the indicator's bound itself: no continuous
        quantity reaches it. Of per cents 0.5 (see `FULL_PCT`), else half of the last
        digit that the indicator is given with.
        """
        if self.kind.sums or self.kind.relative or self.operator in (">", "<"):
            return 0.0
        bound = indicator.upper if self.wants == "at_least" else indicator.lower
        full = self.kind.to_full and self.unit == "%" and self.value == 100
        return edge_of(indicator) if full or self.value == bound else 0.0

    def threshold(self, indicator: Indicator) -> float:
        """Give the value from which on a figure satisfies the target; see `edge`."""
        edge = self.edge(indicator)
        return self.value - edge if self.wants == "at_least" else self.value + edge

    def is_met_by(self, value: float, indicator: Indicator | None = None) -> bool:
        """Tell whether `value`, in the target's unit, satisfies the target.

        A value that differs from the target by the rounding of floats only is equal to
        it: three yearly cuts of 0.7, 0.2 and 0.1 add up to 1. With the `indicator`, a
        bound counts as reached from its `threshold` on.
        """
        goal = self.value if indicator is None else self.threshold(indicator)
        if math.isclose(value, goal, rel_tol=ROUNDING, abs_tol=ROUNDING):
            return self.operator in (">=", "<=", "==")
        wider = goal != self.value  # “==” a bound: what lies between counts as the bound
        return {
            ">=": value > goal,
            ">": value > goal,
            "<=": value < goal,
            "<": value < goal,
            "==": wider and value > goal,
        }[self.operator]

    @property
    def first_year(self) -> int | None:
        """First year that the target covers by its own words; None where it names none.

        The year after its base year; where it binds from its deadline on the deadline itself.
        """
        if self.base_year is not None:
            return self.base_year + 1
        return self.deadline if self.kind.from_deadline else None

    @property
    def wants(self) -> str:
        """``at_least`` or ``at_most``, as `planbook forecast` names directions."""
        return "at_most" if self.operator in ("<=", "<") else "at_least"


def edge_of(indicator: Indicator) -> float:
    """Give how near to its bound a figure of an indicator counts as the bound."""
    return 100 - FULL_PCT if indicator.unit == "%" else 0.5 * 10.0**-indicator.decimals
