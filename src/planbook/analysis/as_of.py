"""What is known, judged and forecast of a city at a date, without words or drawings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import pandas as pd

from planbook.analysis import accountability
from planbook.analysis.forecast import (
    Forecast,
    ForecastRefused,
    Track,
    forecast,
    forecast_change,
    head,
    shown_until,
    track_record,
    widened,
)
from planbook.analysis.forecast.base import MethodOptions
from planbook.analysis.progress import Standing, history, stand, status_frame
from planbook.data import units
from planbook.data.city import CityData
from planbook.data.observations import EXTERNAL, NOT_OWN, Figures
from planbook.data.plan import Target
from planbook.data.series import Series, behind, series

T = TypeVar("T")

HORIZON = 2030  # last year forecast: the plan's last deadline


class ByTarget(Mapping[str, T]):
    """What is told of each target, worked out when it is first asked for.

    A chapter shows a few targets of many: it waits for these alone, and depends
    on their figures alone.
    """

    def __init__(self, targets: Mapping[str, Target], tell: Callable[[str], T]) -> None:
        self._targets = targets
        self._tell = tell
        self._told: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._told:
            self._targets[name]  # an unknown one raises its own name
            self._told[name] = self._tell(name)
        return self._told[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._targets)

    def __len__(self) -> int:
        return len(self._targets)


@dataclass(frozen=True)
class AsOf:
    """A city as it was known at a date; every property is worked out when first asked for.

    Attributes
    ----------
    as_of : int
        Year at whose end it stands, by which targets are judged.
    horizon : int
        Last year forecast.
    day : str
        ``YYYY-MM-DD`` where the figures are those known on that day, not at the end of
        `as_of`; else empty.
    """

    project: CityData
    as_of: int
    horizon: int
    day: str = ""

    @property
    def until(self) -> int | str:
        """Year or day at whose end the figures were known."""
        return self.day or self.as_of

    @cached_property
    def known(self) -> pd.DataFrame:
        """Figures known at the end of `as_of`."""
        return self.project.known(self.until)

    @cached_property
    def _figures(self) -> Figures:
        return self.project.figures(self.until)

    @cached_property
    def _series(self) -> dict[tuple[str, str], Series]:
        return {}

    @cached_property
    def standings(self) -> Mapping[str, Standing]:
        """Where every target of the plan stands, each told when it is asked for."""

        def one(name: str) -> Standing:
            plan, catalog = self.project.plan, self.project.catalog
            return stand(
                plan.targets[name],
                self._figures,
                catalog,
                city=self.city,
                as_of=self.as_of,
                plan_year=plan.year,
            )

        return ByTarget(self.project.plan.targets, one)

    @cached_property
    def histories(self) -> Mapping[str, dict[int, str]]:
        """The verdict of every target at the end of each of the last years."""
        return ByTarget(self.project.plan.targets, lambda name: self._histories([name])[name])

    def _histories(self, names: Sequence[str]) -> dict[str, dict[int, str]]:
        project = self.project
        targets = {name: project.plan.targets[name] for name in names}
        rows = project.vintages(
            (indicator, self.city)
            for target in targets.values()
            for indicator in behind(project.catalog, target.indicator)
        )
        return history(
            targets,
            rows,
            project.catalog,
            city=self.city,
            as_of=self.as_of,
            day=self.day,
            plan_year=project.plan.year,
        )

    @cached_property
    def status(self) -> pd.DataFrame:
        """Every figure behind every verdict, one row a target; see `status_frame`."""
        plan = self.project.plan
        leads = {name: plan.lead_of(target) for name, target in plan.targets.items()}
        histories = self._histories(list(plan.targets))
        return status_frame(self.standings, leads=leads, histories=histories)

    @cached_property
    def bases(self) -> dict[str, float]:
        """The city's figure of the base year, by target; those without one are left out."""
        out = {}
        for name, one in self.standings.items():
            points, base = one.series.points, one.target.base_year
            if base in points.index and one.series.frame.at[base, "status"] not in NOT_OWN:
                out[name] = float(points[base])
        return out

    @cached_property
    def duties(self) -> pd.DataFrame:
        """Who works on which measure; see `accountability.duties`."""
        return accountability.duties(self.project.plan)

    @cached_property
    def target_duties(self) -> pd.DataFrame:
        """Who answers for which target; see `accountability.target_duties`."""
        return accountability.target_duties(self.project.plan)

    @cached_property
    def project_duties(self) -> pd.DataFrame:
        """Who answers for which project; see `accountability.project_duties`."""
        return accountability.project_duties(self.project.plan)

    @cached_property
    def duty_counts(self) -> pd.DataFrame:
        """How much each department answers for; see `accountability.summary`."""
        return accountability.summary(self.project.plan, self.status)

    @property
    def city(self) -> str:
        """Id of the city, which is also its entity."""
        return self.project.city.id

    @property
    def parents(self) -> tuple[str, ...]:
        """Context entities, nearest first."""
        return self.project.city.parents

    def series(self, indicator: str, entity: str | None = None) -> Series:
        """Select or compute a series; of the city by default."""
        pair = (indicator, entity or self.city)
        if pair not in self._series:
            self._series[pair] = series(self._figures, self.project.catalog, *pair)
        return self._series[pair]

    def forecast(
        self, indicator: str, entity: str | None = None, *, target: Target | None = None
    ) -> tuple[Series, Forecast]:
        """Forecast a series as far as it may be shown, at most to the horizon.

        Raises `ForecastRefused` if the catalogue forbids it, the last break leaves too few points,
        the series cannot be forecast, or its forecast may not be shown; see
        `planbook.analysis.forecast.showing`.
        """
        found, inner, made = self._computed(indicator, entity)
        meta, last = inner.indicator, made.fitted_years[1]
        needed = max(last + 1, self.as_of - 1)
        if target is not None and (target.deadline or 0) > last:
            needed = target.due
        final = shown_until(
            made,
            needed=min(needed, max(self.horizon, last + 1)),
            past=lambda steps: self.track(indicator, entity, steps=steps),
            lower=meta.lower,
            upper=meta.upper,
            base=0.0 if inner is found else 100.0,
        )
        return found, head(made, final)

    def _computed(self, indicator: str, entity: str | None) -> tuple[Series, Series, Forecast]:
        """Give a series, the one whose level is forecast for it, and the forecast."""
        found = inner = self.series(indicator, entity)
        derive = found.indicator.derive
        if found.indicator.forecast:
            raise ForecastRefused("refused_catalog")
        if derive and derive.base_year is not None:  # a change from it
            inner = self.series(derive.of[0], entity)
        points, meta = inner.last_segment, inner.indicator
        limits: MethodOptions = {"lower": meta.lower, "upper": meta.upper, "kind": meta.kind}
        if derive and derive.base_year is not None:
            made = forecast_change(points, self._steps(inner), base_year=derive.base_year, **limits)
            return found, inner, made
        made = forecast(points, self._steps(found), **limits)
        return found, inner, widened(made, points, lower=meta.lower, upper=meta.upper)

    def _steps(self, found: Series) -> int:
        points = found.last_segment
        return 1 if points.empty else max(1, self.horizon - int(points.index[-1]))

    def track(self, indicator: str, entity: str | None = None, *, steps: int = 3) -> Track | None:
        """Score past forecasts of a series up to `steps` years; None if it is too short."""
        found = self.series(indicator, entity)
        meta = found.indicator
        if meta.derive and meta.derive.op == "change_from":
            found = self.series(meta.derive.of[0], entity)
            meta = found.indicator
        return track_record(
            found.last_segment, steps=steps, lower=meta.lower, upper=meta.upper, kind=meta.kind
        )

    def nearest(self, target: Target) -> list[tuple[str, str]]:
        """List what else is published near a target's indicator."""
        catalog, places = self.project.catalog, (self.city, *self.parents)
        own = self.series(target.indicator).frame["status"]
        pairs = [(target.indicator, self.city)] if (own == EXTERNAL).any() else []
        pairs += [(target.indicator, entity) for entity in self.parents]
        for other in catalog.standing_in_for(target.indicator):
            if other.comparability != "context" and units.is_alike(other.unit, target.unit):
                pairs += [(other.id, entity) for entity in places]
        for other in catalog.shown_beside(target.indicator):
            pairs += [(other.id, entity) for entity in places]
        pairs.sort(key=lambda pair: places.index(pair[1]))
        return [pair for pair in pairs if len(self.series(*pair))]
