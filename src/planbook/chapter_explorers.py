"""Calls of a chapter that let a reader move what the page shows."""

from __future__ import annotations

from collections.abc import Sequence

from planbook.plan import Target
from planbook.render import Shown, fragment
from planbook.view import View
from planbook.widgets import host, page
from planbook.widgets.payload import forecast_payload


class ExplorerCalls:
    """Part of `planbook.chapter.Chapter`; not to be used by itself."""

    view: View
    name: str

    def _keep(
        self, shown: Shown, name: str, pairs: Sequence[tuple[str, str]] = ()
    ) -> Shown:  # pragma: no cover
        raise NotImplementedError

    def _pairs(
        self, names: Sequence[str | tuple[str, str]]
    ) -> list[tuple[str, str]]:  # pragma: no cover
        raise NotImplementedError

    def _target(self, target: str | None) -> Target | None:  # pragma: no cover
        raise NotImplementedError

    def explore(self, *names: str | tuple[str, str], target: str | None = None) -> object:
        """Let a reader change the forecasts of some series.

        Parameters
        ----------
        *names : str or (indicator, entity)
            The first is shown first; one that cannot be forecast is left out.
        target : str, optional
            Id of a target asked of the first series.

        Returns
        -------
        Shown or ForecastExplorer
            In a notebook interface a widget. Where the notebook is executed for the book,
            HTML that the page's own script brings to life, and that says where the
            same is shown without a script.
        """
        view, pairs = self.view, self._pairs(names)
        aim = self._target(target)
        label = view.say("explore_label", name=view.title(pairs[0][0]))
        if host.is_live():
            from planbook.analysis.forecast import ForecastRefused
            from planbook.widgets.explorer import ForecastExplorer

            try:
                return ForecastExplorer(view, pairs, target=aim)
            except ForecastRefused:
                return self._nothing()
        state = forecast_payload(view, pairs, target=aim)
        if state is None:
            return self._nothing()
        html = page.mount(
            "forecast",
            f"explore-{self.name}",
            {"payload": state},
            label=label,
            none=view.say("explore_none"),
        )
        named = [(one["id"], one["entity"]) for one in state["series"]]
        return self._keep(Shown(html, f"{label}\n{view.say('explore_none')}"), label, named)

    def _nothing(self) -> Shown:
        line = self.view.say("explore_nothing")
        return Shown(fragment("sentences.html", lines=[line]), line)
