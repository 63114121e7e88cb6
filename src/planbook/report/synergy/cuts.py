"""Planned cuts, joint movement of pollutants and CO2, firms with a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from planbook.analysis.synergy.equivalents import CoMovement, co_movement, pollutant_equivalents
from planbook.data import units
from planbook.data.factors import Equivalent
from planbook.data.plan import PlanProject, Target
from planbook.data.series import Series
from planbook.report.html.cells import badge, said, small, two_lines
from planbook.report.html.fragments import Shown
from planbook.report.html.tabular import Tabular, both, column, held, shown
from planbook.report.series.tables import size_of
from planbook.report.view import View
from planbook.text import MISSING, number, quantity, signed

DIRECTION_LOOKS = {
    "both_fell": "met",
    "only_first_fell": "at_risk",
    "only_second_fell": "at_risk",
    "both_rose": "off_course",
}


@dataclass(frozen=True)
class PlannedCut:
    """A target for less of a pollutant, with the emission that is published beside it."""

    target: Target
    pollutant: Equivalent
    emitted: Series | None

    @property
    def mass_t(self) -> float:
        """The cut in tonnes."""
        return self.target.value * units.factor(self.target.unit, "t")

    @property
    def equivalents(self) -> float | None:
        """The cut in thousands of pollutant equivalents, where the law weighs the pollutant."""
        weight = self.pollutant.equivalent_kg
        return None if weight is None else pollutant_equivalents(self.mass_t, weight) / 1000

    @property
    def share_pct(self) -> float | None:
        """The cut as a share of the latest emission."""
        if self.emitted is None:
            return None
        unit = units.factor(self.emitted.indicator.unit, "t")
        return 100 * self.mass_t / (self.emitted.last["value"] * unit)


def _planned(view: View, chosen: Sequence[Target]) -> list[PlannedCut]:
    found = []
    for target in chosen:
        pollutant = view.project.factors.equivalent_of_cut(target.indicator)
        if pollutant is not None:
            emissions = [view.series(name) for name in pollutant.emission_indicators]
            known = (one for one in emissions if len(one) and not one.is_modelled)
            found.append(PlannedCut(target, pollutant, next(known, None)))
    return found


def cuts(view: View, chosen: Sequence[Target]) -> tuple[Shown, list[str], list[str]]:
    """Show the planned cuts of pollutants in tonnes and in pollutant equivalents."""
    found = _planned(view, chosen)
    if not found:
        return said(view.say("no_cuts")), [], []

    def note(one: PlannedCut) -> str:
        return view.words(one.pollutant, "note")

    def equivalents(one: PlannedCut) -> str:
        known = one.equivalents is not None
        return number(one.equivalents, 1) if known else view.say("no_weight")

    def so_far(one: PlannedCut) -> str:
        standing = view.standings[one.target.target_id]
        if standing.latest_value is None:
            return view.say("no_figure")
        figure = quantity(standing.latest_value, one.target.unit, view.lang, 0)
        return view.say("figure_of_year", figure=figure, year=standing.latest_year)

    def emitted(one: PlannedCut) -> str:
        if one.emitted is None:
            return view.say("no_figure")
        return view.named_latest(one.emitted.indicator.id)

    fields = [
        held("column_id", lambda one: one.target.target_id),
        both("column_pollutant", lambda one: view.words(one.pollutant, "name")),
        column(
            "column_planned_cut",
            lambda one: number(one.mass_t, 0),
            lambda one: one.mass_t,
            numeric=True,
        ),
        held("column_weight", lambda one: one.pollutant.equivalent_kg),
        column("column_equivalents", equivalents, lambda one: one.equivalents, numeric=True),
        column(
            "column_cut_so_far",
            so_far,
            lambda one: view.standings[one.target.target_id].latest_value,
        ),
        column(
            "column_emitted",
            emitted,
            lambda one: one.emitted.last["value"] if one.emitted else None,
        ),
        held("column_year", lambda one: int(one.emitted.last.name) if one.emitted else None),
        column(
            "column_cut_share",
            lambda one: quantity(one.share_pct, "%", view.lang, 1),
            lambda one: one.share_pct,
            numeric=True,
        ),
        held("column_note", note),
    ]
    series = [one.emitted for one in found if one.emitted is not None]
    notes = [
        f"{view.words(one.pollutant, 'name')}{view.say('colon')}{note(one)}"
        for one in found
        if note(one)
    ]
    main = Tabular(view, found, fields).show(
        "label_cuts",
        "pb-cuts",
        notes=[
            view.say("note_equivalents"),
            *notes,
            *([view.say("note_cut_share")] if series else []),
        ],
        name="cuts",
        lean=True,
    )
    cited = [
        source
        for one in found
        for source in (*(one.emitted.sources if one.emitted else ()), one.pollutant.source)
    ]
    return main, [one.indicator.id for one in series], list(dict.fromkeys(cited))


def co_movements(view: View, pollutants: Sequence[str], carbon: Sequence[str]) -> Shown:
    """Compare each pollutant with each estimate of CO2 over the years that both have."""
    rows = []
    for pollutant in pollutants:
        for estimate in carbon:
            first, second = view.series(pollutant), view.series(estimate)
            found = co_movement(first.last_segment, second.last_segment)
            if found is not None:
                rows.append((pollutant, estimate, found))
    if not rows:
        return said(view.say("no_co_movement"))

    def change(pct: float) -> str:
        return signed(pct, "%", view.lang, 1)

    def span(row: tuple[str, str, CoMovement]) -> str:
        return view.say("years_between", first=row[2].first_year, last=row[2].last_year)

    def words(row: tuple[str, str, CoMovement]) -> str:
        return view.say(f"direction_{row[2].direction}")

    fields = [
        both("column_pollutant", lambda row: view.title(row[0])),
        column(
            "column_pollutant_change",
            lambda row: change(row[2].first_change),
            lambda row: row[2].first_change,
            numeric=True,
        ),
        both("column_estimate", lambda row: view.title(row[1])),
        column(
            "column_co2_change",
            lambda row: change(row[2].second_change),
            lambda row: row[2].second_change,
            numeric=True,
        ),
        shown("column_period", span),
        held("column_first_year", lambda row: row[2].first_year),
        held("column_last_year", lambda row: row[2].last_year),
        column(
            "column_reading",
            lambda row: badge(words(row), DIRECTION_LOOKS[row[2].direction]),
            words,
        ),
    ]
    return Tabular(view, rows, fields).show(
        "label_co_movement",
        "pb-comovement",
        notes=[view.say("note_co_movement"), view.say("note_co_movement_limits")],
        name="co_movement",
    )


def firms(view: View) -> Shown:
    """List the firms that the plan names with a project, and what is known of its state."""
    owned: dict[str, list[PlanProject]] = {}
    for item in view.project.plan.projects.values():
        owner = view.words(item, "owner")
        if owner:
            owned.setdefault(owner, []).append(item)
    if not owned:
        return said(view.say("no_firm"))

    def work(item: PlanProject) -> Markup:
        return two_lines(view.words(item, "name"), small(view.words(item, "kind")))

    def size(item: PlanProject) -> str:
        if item.quantity is None or item.unit == "count":
            return MISSING
        return size_of(view, item.quantity, item.unit)

    fields = [
        both("column_owner", lambda item: view.words(item, "owner")),
        held("column_box", lambda item: item.box),
        held("column_project", lambda item: view.words(item, "name")),
        column("column_work", work, lambda item: view.words(item, "kind")),
        both("column_size", size, numeric=True),
        both("column_project_state", lambda item: view.say(f"project_{item.status}")),
    ]
    return Tabular(view, [item for items in owned.values() for item in items], fields).show(
        "label_firms",
        "pb-firms",
        notes=[view.say("note_firms"), view.say("project_note")],
        name="firms",
        fold=view.say("firms_fold", count=len(owned)),
    )
