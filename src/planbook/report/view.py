"""One edition's look at a city's data: names, sentences and line styles for readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from planbook.analysis.as_of import AsOf
from planbook.analysis.forecast import ForecastRefused
from planbook.data.observations import Source
from planbook.data.series import Series
from planbook.data.targets import FULL_PCT
from planbook.report.drawing import style as charts
from planbook.text import BOUND_SIGNS, day_text, number, quantity, say


@dataclass(frozen=True, kw_only=True)
class View(AsOf):
    """What every table and figure of one chapter shares: the city at a date, in a language."""

    lang: str
    level: int  # interval level that sentences quote, in per cent

    def stand_line(self) -> str:
        """Say when the figures were known, and of which place they are."""
        city = self.place(self.city)
        if self.day:
            return self.say("stand_day", day=self.day, year=self.as_of, city=city)
        return self.say("stand_line", year=self.as_of, city=city)

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

    def words(self, record: object, key: str) -> str:
        """Give what a record holds under `key` in the edition's language."""
        return str(getattr(record, f"{key}_{self.lang}"))

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

    def named_latest(self, indicator: str) -> str:
        """Name an indicator of the city with its latest figure."""
        return f"{self.title(indicator)}{self.say('colon')}{self.latest(indicator)}"

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

    def why_not(self, error: ForecastRefused, indicator: str) -> str:
        """Say in words why a series is not forecast."""
        if error.reason == "refused_catalog":
            reason = self.project.catalog[indicator].forecast
            assert reason is not None  # it is what refuses
            return reason[self.lang]
        details: dict[str, Any] = dict(error.details)
        if "years" in details:
            details["years"] = details["years"].replace(", ", self.say("list_separator"))
        for name in ("factor", "ratio"):
            if name in details:
                details[name] = number(details[name], 1) if details[name] < 1e4 else "–"
        return self.say(error.reason, **details)


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
