"""The forecast explorer with a kernel: a widget whose data Python can fit again."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import traitlets

from planbook.analysis.forecast import METHODS, ForecastRefused
from planbook.data.plan import Target
from planbook.errors import PlanbookError
from planbook.files.records import LANGS
from planbook.report.view import View
from planbook.text import say
from planbook.widgets import front
from planbook.widgets.forecast_payload import forecast_payload, own_series, series_of, target_for
from planbook.widgets.live import Explorer
from planbook.widgets.mathematics import defaults, explore

MOST_BYTES = 2_000_000  # of a file that is dropped; an annual series has a few kilobytes


class ForecastExplorer(Explorer):
    """An explorer of forecasts; everything a reader sets arrives in `settings`.

    Raises `ForecastRefused` if no series can be forecast.
    """

    _esm = front.module("forecast")
    _css = front.style()
    request = traitlets.Dict().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        view: View,
        pairs: Sequence[tuple[str, str]],
        *,
        target: Target | None = None,
        **more: object,
    ) -> None:
        self._view, self._target = view, target
        made = forecast_payload(view, pairs, target=target, langs=LANGS, models=tuple(METHODS))
        if made is None:
            raise ForecastRefused("refused_none")
        super().__init__(payload=made, settings=defaults(made), lang=view.lang, **more)
        self.observe(self._answer, "request")

    @property
    def result(self) -> dict[str, Any]:
        """What the front end shows, computed by Python from the same payload."""
        return explore(self.payload, self.settings)

    @property
    def frame(self) -> pd.DataFrame:
        """The forecast as a frame: index ``year``; ``forecast``, ``unadjusted``, interval."""
        found = self.result
        band = found["bands"][0]
        return pd.DataFrame(
            {
                "forecast": found["median"],
                "unadjusted": found["base"]["median"],
                f"lo{band['level']}": band["lower"],
                f"hi{band['level']}": band["upper"],
            },
            index=pd.Index(found["years"], name="year"),
        ).loc[: self.settings["horizon"]]

    def refit(self, first: int, last: int, *, series: int | None = None) -> None:
        """Fit a series again on the years from `first` to `last`.

        Raises `ForecastRefused` if these years cannot be forecast from.
        """
        place = int(self.settings["series"] if series is None else series)
        old = self.payload["series"][place]
        if "own" in old:
            points = pd.Series(dict(old["own"]))
            self._put(
                place,
                self._own(
                    points[(points.index >= first) & (points.index <= last)], old, dict(old["own"])
                ),
            )
            return
        laws = self.payload["laws"].copy()
        made = series_of(
            self._view,
            old["id"],
            old["entity"],
            laws,
            target=target_for(
                self._view, old["id"], old["entity"], self._target if place == 0 else None
            ),
            langs=LANGS,
            window=(first, last),
            models=tuple(METHODS),
        )
        self._put(place, made, laws)

    def use(self, points: pd.Series | Mapping[int, float], *, series: int | None = None) -> None:
        """Put the analyst's own figures in place of a series and fit them.

        Raises `ForecastRefused` if they cannot be forecast.
        """
        place = int(self.settings["series"] if series is None else series)
        given = pd.Series(points).astype("float64").sort_index()
        given.index = given.index.astype("int64")
        old = self.payload["series"][place]
        self._put(place, self._own(given, old, given.to_dict()))

    def add(self, indicator: str, entity: str | None = None) -> None:
        """Add another series of the book and show it.

        Raises `ForecastRefused` if it cannot be forecast.
        """
        laws = self.payload["laws"].copy()
        entity = entity or self._view.city
        made = series_of(
            self._view, indicator, entity, laws, target=target_for(self._view, indicator, entity),
            langs=LANGS, models=tuple(METHODS),
        )  # fmt: skip
        place = len(self.payload["series"])
        self._put(place, made, laws)

    def _own(self, points: pd.Series, old: Mapping, given: Mapping) -> tuple[dict, list]:
        laws = self.payload["laws"].copy()
        return own_series(points, old, laws, view=self._view, langs=LANGS, given=given), laws

    def _put(self, place: int, made: dict | tuple[dict, list], laws: list | None = None) -> None:
        one, shapes = made if isinstance(made, tuple) else (made, laws)
        all_series = [*self.payload["series"]]
        all_series[place : place + 1] = [one]
        payload = {**self.payload, "series": all_series, "laws": shapes}
        kept = self.settings if int(self.settings["series"]) == place else {}
        names = (
            "level",
            "adjust",
            "adjust_unit",
            "fade",
            "trend_fade",
            "step",
            "step_unit",
            "ramp",
        )
        settings = {**defaults(payload, place), **{key: kept[key] for key in names if key in kept}}
        with self.hold_sync():
            self.settings = settings
            self.payload = payload

    def _answer(self, change: Mapping[str, Any]) -> None:
        """Do what the front end asked for, and say in words why it could not be done."""
        asked = change["new"]
        lang = self.lang if self.lang in LANGS else self._view.lang
        place = int(asked.get("series", 0))
        try:
            if asked.get("kind") == "window":
                self.refit(int(asked["first"]), int(asked["last"]), series=place)
            elif asked.get("kind") == "data":
                self.use(read_points(str(asked["text"])), series=place)
            else:
                return
        except ForecastRefused as error:
            why = self._view.why_not(error, self.payload["series"][place]["id"])
            self.message = say("explore_refused", lang, reason=why)
            return
        except (PlanbookError, ValueError) as error:
            self.message = say("explore_refused", lang, reason=str(error))
            return
        first, last, count = self.payload["series"][place]["models"][self.settings["model"]]["0"][
            "fit"
        ]
        self.message = say("explore_refitted", lang, first=first, last=last, n=count)


def read_points(text: str) -> pd.Series:
    """Read a series from CSV: a column of years and one of values, by name or in this order.

    Raises `PlanbookError` if there are no two columns, or a cell is no number.
    """
    if len(text) > MOST_BYTES:
        raise PlanbookError("the file is larger than 2 MB; give one series a year")
    try:
        frame = pd.read_csv(io.StringIO(text.lstrip("\ufeff")))
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise PlanbookError(f"not a CSV: {error}; give the columns year, value") from None
    if frame.shape[1] < 2:
        raise PlanbookError("one column only; give the columns year, value")
    names = {str(name).strip().lower(): name for name in frame}
    year = names.get("year", names.get("t", frame.columns[0]))
    value = names.get("value", frame.columns[1])
    frame = frame[[year, value]].dropna()
    numbers = frame.apply(pd.to_numeric, errors="coerce")
    bad = numbers.isna().any(axis=1) | (numbers[year] % 1 != 0)
    if bad.any():
        row = int(frame.index[bad][0]) + 2
        raise PlanbookError(f"row {row}: year or value is no number; mend the cell")
    if numbers.empty:
        raise PlanbookError("no row below the header; give one row a year")
    points = pd.Series(numbers[value].to_numpy(float), index=numbers[year].astype("int64"))
    if points.index.has_duplicates:
        raise PlanbookError("a year occurs twice; give one value a year")
    return points.sort_index()
