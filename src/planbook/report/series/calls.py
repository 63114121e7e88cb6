"""Calls that show series: trends, context, levels, forecasts."""

from __future__ import annotations

from planbook.report.figure import missing
from planbook.report.html.fragments import Shown
from planbook.report.page import Name, Theme
from planbook.report.series import figures, forecast, latest, levels, tables

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


class SeriesCalls(Theme):
    """Figures of indicators over time and side by side.

    `names` are indicators of the city, or pairs of an indicator and a place: an entity,
    ``province`` or ``nation``. `title` is a key of the message table; where it may be
    left out, the names of the indicators stand for it.
    """

    def plot_trend(
        self,
        *names: Name,
        target: str | None = None,
        title: str | None = None,
        from_zero: bool = False,
    ) -> Shown:
        """Draw the city's series of one unit in one chart.

        Parameters
        ----------
        target : str, optional
            Id of a target to draw as a line.
        title : str, optional
            Key of the message table; the first indicator's name by default.
        from_zero : bool, optional
            Whether the value axis starts at zero.
        """
        pairs = self.page.pairs(names)
        shown = figures.trend(
            self.view,
            pairs,
            target=self.page.target(target),
            title=self.view.say(title) if title else None,
            from_zero=from_zero,
        )
        return self.page.keep(shown, pairs[0][0], pairs)

    def plot_context(self, *names: Name, title: str | None = None) -> Shown:
        """Draw provincial and national figures in panels apart from the city's.

        An indicator without a place stands for every context place that has figures.
        """
        pairs: list[tuple[str, str]] = []
        for name in names:
            if isinstance(name, str):
                filled = [p for p in self.view.parents if len(self.view.series(name, p))]
                pairs += [(name, parent) for parent in filled or self.view.parents[:1]]
            else:
                pairs.append((name[0], self.page.entity(name[1])))
        shown = figures.context(self.view, pairs, title=self.page.title(title, pairs))
        return self.page.keep(shown, pairs[0][0], pairs)

    def plot_panels(self, *names: str, title: str | None = None) -> Shown:
        """Draw the city's series of different units side by side."""
        pairs = self.page.pairs(names)
        shown = figures.panels(self.view, pairs, title=self.page.title(title, pairs))
        return self.page.keep(shown, pairs[0][0], pairs)

    def plot_aligned(self, *names: Name, title: str) -> Shown:
        """Draw series in panels above each other, over the same years."""
        pairs = self.page.pairs(names)
        shown = levels.panels(self.view, pairs, title=self.view.say(title))
        return self.page.keep(shown, pairs[0][0], pairs)

    def plot_latest(self, *names: Name, title: str | None = None) -> Shown:
        """Draw the latest figures of one unit as bars: all of the city, or all of its context."""
        pairs = self.page.pairs(names)
        shown = latest.latest(self.view, pairs, title=self.page.title(title, pairs))
        return self.page.keep(shown, pairs[0][0], pairs)

    def plot_levels(self, *names: Name, title: str) -> Shown:
        """Draw the latest figures in per cent, each place in a panel of its own."""
        pairs = self.page.pairs(names)
        shown = levels.levels(self.view, pairs, title=self.view.say(title))
        return self.page.keep(shown, pairs[0][0], pairs)

    def plot_counties(self, name: str) -> Shown:
        """Draw the latest figure of each of the city's counties as bars."""
        pairs = [(name, county) for county in self.view.project.city.counties]
        if not pairs:
            return missing(self.view, [name])
        title = self.view.say("title_by_county", indicator=self.view.title(name))
        shown = latest.latest(self.view, pairs, title=title, key=f"{name}-counties")
        return self.page.keep(shown, name, pairs)

    def plot_forecast(self, name: Name, *, target: str | None = None) -> Shown:
        """Draw a series with its forecast to the chapter's horizon.

        Parameters
        ----------
        target : str, optional
            Id of a target to draw and to give a chance for.
        """
        ((indicator, entity),) = self.page.pairs([name])
        aim = self.page.target(target)
        shown = forecast.outlook(self.view, indicator, entity=entity, target=aim)
        return self.page.keep(shown, indicator, [(indicator, entity)])

    def plot_stack(self, *names: str, entity: str, title: str | None = None) -> Shown:
        """Draw parts of a whole as stacked columns by year."""
        pairs = self.page.pairs([(name, entity) for name in names])
        shown = figures.stack(self.view, names, pairs[0][1], title=self.page.title(title, pairs))
        return self.page.keep(shown, names[0], pairs)

    def plot_months(self, stem: str, *, title: str) -> Shown:
        """Draw the course of the year from the indicators ``<stem>_january`` and so on."""
        names = [f"{stem}_{month}" for month in MONTHS]
        shown = figures.months(self.view, names, title=self.view.say(title))
        return self.page.keep(shown, names[0], self.page.pairs(names))

    def table_known(self) -> Shown:
        """List every figure of the chapter's sector that the city has published."""
        shown = tables.known(self.view, self.page.sector)
        for meta in self.view.project.catalog.sector(self.page.sector):
            for entity in self.view.project.city.entities:
                self.page.pairs_shown[meta.id, entity] = None
                self.page.cite(self.view.series(meta.id, entity).sources)
        return self.page.keep(shown, self.view.say("label_known"))
