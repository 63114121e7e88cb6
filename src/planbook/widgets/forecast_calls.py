"""The explorer of forecasts in a chapter."""

from __future__ import annotations

from collections.abc import Sequence

from planbook.analysis.forecast import MOST_AHEAD
from planbook.errors import ForecastRefused
from planbook.report.html.cells import said
from planbook.report.html.fragments import Shown, fragment
from planbook.report.page import Name, Theme
from planbook.widgets import host
from planbook.widgets.embedding import mounted
from planbook.widgets.forecast_payload import forecast_payload


class ForecastExplorerCalls(Theme):
    """Lets a reader change the forecasts of some series."""

    def show(self, *names: Name, target: str | None = None) -> object:
        """Show the explorer.

        Parameters
        ----------
        *names : str or (indicator, entity)
            The first is shown first; one that cannot be forecast, or whose forecast the
            book does not show, is left out, and the reason given.
        target : str, optional
            Id of a target asked of the first series.

        Returns
        -------
        Shown or ForecastExplorer
            In a notebook interface a widget. Where the notebook is executed for the book,
            HTML that the page's own script brings to life, and that says where the
            same is shown without a script.
        """
        view, pairs = self.view, self.page.pairs(names)
        shown = [pair for pair in pairs if self._is_shown(pair)]
        if not shown:
            return self._nothing(pairs)
        aim = self.page.target(target) if shown[0] == pairs[0] else None
        if host.is_live():
            from planbook.widgets.forecast_explorer import ForecastExplorer

            try:
                return ForecastExplorer(view, shown, target=aim)
            except ForecastRefused:
                return self._nothing(pairs)
        state = forecast_payload(view, shown, target=aim)
        if state is None:
            return self._nothing(pairs)
        named = [(one["id"], one["entity"]) for one in state["series"]]
        none = view.say("explore_none")
        label = view.say("explore_label", name=view.title(named[0][0]))
        made = mounted(self.page, "forecast", self.page.name, state, label, none, named)
        lines = self._limits(pairs)
        if not lines:
            return made
        html = made.html + fragment("sentences.html", lines=lines)
        return Shown(html, "\n".join([made.plain, *lines]), made.data)

    def _is_shown(self, pair: tuple[str, str]) -> bool:
        """Whether the book shows a forecast of a series; an analyst's own explorer may not ask."""
        try:
            self.view.forecast(*pair)
        except ForecastRefused:
            return False
        return True

    def _limits(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        """Say which series are left out of an explorer and why, and where the book stops."""
        view, left_out, lines = self.view, [], []
        for indicator, entity in pairs:
            name = view.say("title_place", title=view.title(indicator), place=view.place(entity))
            try:
                _, made = view.forecast(indicator, entity)
            except ForecastRefused as error:
                reason = view.why_not(error, indicator).rstrip(".。")
                left_out.append(view.say("explore_left_out_one", name=name, reason=reason))
                continue
            end = int(made.years[-1])
            if end < min(view.horizon, made.fitted_years[1] + MOST_AHEAD):
                lines.append(view.say("explore_beyond", name=name, year=end))
        if left_out:
            listed = view.say("semicolon").join(left_out)
            lines.append(view.say("explore_left_out", list=listed))
        return lines

    def _nothing(self, pairs: Sequence[tuple[str, str]]) -> Shown:
        lines = [self.view.say("explore_nothing"), *self._limits(pairs)]
        return said(*lines)
