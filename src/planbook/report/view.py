"""One edition's look at a city's data: language, date, horizon, and names for readers."""

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
from planbook.analysis.progress import Standing, history, stand_all, status_frame
from planbook.data import units
from planbook.data.city import CityData
from planbook.data.observations import EXTERNAL, NOT_OWN, Figures, Source
from planbook.data.plan import Plan, Target
from planbook.data.series import Series, behind, series
from planbook.data.targets import FULL_PCT
from planbook.report.drawing import style as charts
from planbook.text import BOUND_SIGNS, day_text, number, quantity, say

T = TypeVar("T")


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


def targets_alone(plan: Plan, names: Sequence[str]) -> Plan:
    """Give a plan of some targets and nothing else, for rules that look at targets only."""
    chosen = {name: plan.targets[name] for name in names}
    return Plan({}, {}, {}, chosen, {}, {}, year=plan.year)


@dataclass(frozen=True)
class View:
    """What every table and figure of one chapter shares."""

    project: CityData
    lang: str
    as_of: int  # year at whose end the book stands
    horizon: int  # last year forecast
    level: int  # interval level that sentences quote, in per cent
    # ``YYYY-MM-DD`` where the figures are those known on that day, not at the end of `as_of`; else
    # empty
    day: str = ""

    @property
    def until(self) -> int | str:
        """Year or day at whose end the figures were known."""
        return self.day or self.as_of

    def stand_line(self) -> str:
        """Say when the figures were known, and of which place they are."""
        city = self.place(self.city)
        if self.day:
            return self.say("stand_day", day=self.day, year=self.as_of, city=city)
        return self.say("stand_line", year=self.as_of, city=city)

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
            project = self.project
            plan = targets_alone(project.plan, [name])
            found = stand_all(
                plan, self._figures, project.catalog, city=self.city, as_of=self.as_of
            )
            return found[name]

        return ByTarget(self.project.plan.targets, one)

    @cached_property
    def histories(self) -> Mapping[str, dict[int, str]]:
        """The verdict of every target at the end of each of the last years."""
        return ByTarget(self.project.plan.targets, lambda name: self._histories([name])[name])

    def _histories(self, names: Sequence[str]) -> dict[str, dict[int, str]]:
        project = self.project
        plan = targets_alone(project.plan, names)
        rows = project.vintages(
            (indicator, self.city)
            for target in plan.targets.values()
            for indicator in behind(project.catalog, target.indicator)
        )
        return history(plan, rows, project.catalog, city=self.city, as_of=self.as_of, day=self.day)

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

    def say(self, key: str, **values: object) -> str:
        """Fill a message in the edition's language; any may name `said_anywhere`."""
        return say(key, self.lang, **{**self.said_anywhere, **values})

    @cached_property
    def said_anywhere(self) -> dict[str, str]:
        """What many sentences repeat: to when was searched, and what counts as complete."""
        return {
            "searched": day_text(self.project.searched, self.lang),
            "full": quantity(FULL_PCT, "%", self.lang),
        }

    def title(self, indicator: str) -> str:
        """Name an indicator."""
        return self.project.catalog[indicator].title[self.lang]

    def place(self, entity: str) -> str:
        """Name a place."""
        return self.project.entities[entity][self.lang]

    def department(self, department: str | None) -> str:
        """Name a department; a dash where the plan names none."""
        if department is None:
            return self.say("no_lead")
        return self.project.plan.departments[department][self.lang]

    def series(self, indicator: str, entity: str | None = None) -> Series:
        """Select or compute a series; of the city by default."""
        pair = (indicator, entity or self.city)
        if pair not in self._series:
            self._series[pair] = series(self._figures, self.project.catalog, *pair)
        return self._series[pair]

    def look(self, found: Series) -> charts.MarkStyle:
        """Give the line style of a series, by place and by being modelled."""
        city = self.project.city
        return charts.LOOKS[charts.role(found, city.id, city.parents, tuple(city.counties))]

    def source(self, source: str) -> Source:
        """Look up a source."""
        return self.project.sources[source]

    def cite(self, sources: Sequence[str]) -> list[dict[str, str | None]]:
        """Describe sources for a caption: label and address (only if it is a web address)."""
        cited = []
        for name in sources:
            about = self.source(name)
            label = f"{about.producer[self.lang]}{self.say('colon')}{about.title[self.lang]}"
            if about.reposted:
                label += self.say("as_reposted")
            cited.append({"label": label, "address": web_address(about.address)})
        return cited

    def latest(self, indicator: str, entity: str | None = None) -> str:
        """Write the latest figure with its year, or that there is none."""
        figure, year = self.latest_parts(indicator, entity)
        return self.say("figure_of_year", figure=figure, year=year) if year else figure

    def latest_parts(self, indicator: str, entity: str | None = None) -> tuple[str, str]:
        """Write the latest figure, and its year with what kind of figure it is."""
        found = self.series(indicator, entity)
        row = found.latest
        if row is None:
            return self.say("no_figure"), ""
        sign = BOUND_SIGNS.get(row["qualifier"], "")
        sign = sign.strip() if self.lang == "zh" else sign
        meta = found.indicator
        figure = sign + quantity(row["value"], meta.unit, self.lang, meta.decimals)
        mark = self.say(f"mark_{row['status']}") if row["status"] != "final" else ""
        return figure, self.say("year_mark", year=row.name, mark=mark)

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
            needed = target.deadline
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
        if derive and derive.op == "change_from":
            inner = self.series(derive.of[0], entity)
        points, meta = inner.last_segment, inner.indicator
        limits = {"lower": meta.lower, "upper": meta.upper, "kind": meta.kind}
        if inner is not found:
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

    def why_not(self, error: ForecastRefused, indicator: str) -> str:
        """Say in words why a series is not forecast."""
        if error.reason == "refused_catalog":
            return self.project.catalog[indicator].forecast[self.lang]
        details = dict(error.details)
        if "years" in details:
            details["years"] = details["years"].replace(", ", self.say("list_separator"))
        for name in ("factor", "ratio"):
            if name in details:
                details[name] = number(details[name], 1) if details[name] < 1e4 else "–"
        return self.say(error.reason, **details)

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


def web_address(address: str | None) -> str | None:
    """Give `address` if it is a web address that a link may open, else None."""
    return address if address and address.startswith(("https://", "http://")) else None


def export_frame(view: View, found: Sequence[Series]) -> pd.DataFrame:
    """Give the figures of series as a long table for download, with their origin.

    Figures of the city, of its context and modelled estimates stand in columns
    of their own; a column without a figure is left out.
    """
    own = view.project.city.entities
    kinds = [view.say(f"column_value_{kind}") for kind in ("city", "context", "modelled")]
    rows = []
    for one in found:
        for year, row in one.frame.iterrows():
            about = [view.source(source) for source in row["source"].split()]
            kind = 2 if row["status"] == "modelled" else 0 if one.entity in own else 1
            rows.append(
                {
                    view.say("column_indicator"): one.indicator.title[view.lang],
                    view.say("column_id"): one.indicator.id,
                    view.say("column_place"): view.place(one.entity),
                    view.say("column_year"): int(year),
                    **dict.fromkeys(kinds),
                    kinds[kind]: float(row["value"]),
                    view.say("column_unit"): one.indicator.unit,
                    view.say("column_kind"): view.say(f"status_{row['status']}"),
                    view.say("column_qualifier"): view.say(
                        f"qualifier_{row['qualifier'] or 'none'}"
                    ),
                    view.say("column_source"): "; ".join(
                        f"{item.producer[view.lang]}, {item.title[view.lang]}" for item in about
                    ),
                    view.say("column_note"): row["note_zh" if view.lang == "zh" else "note"],
                }
            )
    frame = pd.DataFrame(rows)
    empty = [name for name in kinds if name in frame and frame[name].isna().all()]
    return frame.drop(columns=empty)
