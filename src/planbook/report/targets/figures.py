"""How many targets stand where, states of projects, power plants of the plan."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from planbook.analysis.progress import VERDICTS
from planbook.data import units
from planbook.data.plan import PlanProject, Target
from planbook.report.drawing import bars as chart_rows
from planbook.report.drawing import style as charts
from planbook.report.drawing.bars import plot_units
from planbook.report.figure import assemble
from planbook.report.html.fragments import Shown, draw
from planbook.report.series.latest import ALWAYS, _of_year
from planbook.report.view import View
from planbook.text import bare, join, join_counts


def verdicts(view: View, targets: Sequence[Target]) -> Shown:
    """Draw how many targets stand where."""
    counts = pd.Series(
        [view.standings[target.target_id].verdict for target in targets], dtype="str"
    ).value_counts()
    counts = counts.reindex(VERDICTS, fill_value=0)
    labels = {verdict: view.say(f"verdict_{verdict}") for verdict in VERDICTS}

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        width = 18 if narrow else 40
        charts.plot_verdicts(
            ax, counts, {key: charts.wrap(text, width) for key, text in labels.items()}
        )

    shown = counts[counts > 0]
    alt = view.say(
        "alt_verdicts", total=len(targets), list=join_counts(shown, "verdict_{}", view.lang)
    )
    data = pd.DataFrame(
        {
            view.say("column_verdict"): [labels[key] for key in counts.index],
            view.say("column_targets"): counts.to_numpy(),
        }
    )
    height = 0.6 + 0.46 * len(shown)
    return assemble(
        view,
        anchor="verdicts",
        title=view.say("title_verdicts", total=len(targets), year=view.as_of),
        alt=alt,
        images=draw(paint, height, height + 0.3, widths=(6.4, 3.75)),
        data=data,
    )


def plants(view: View, section: int, *, title: str) -> Shown:
    """Draw the plan's power plants as bars divided into their units, by kind of retrofit."""
    chosen = [
        item for item in view.project.plan.projects_of(section) if item.units_count is not None
    ]
    if not chosen:
        return Shown("", "")
    zh = view.lang == "zh"
    unit, factor = units.display("MW", view.lang)
    frame = pd.DataFrame(
        {
            "name": [view.words(item, "name") for item in chosen],
            "kind": [_kind_of_work(view.words(item, "kind")) for item in chosen],
            "units_count": [item.units_count for item in chosen],
            "unit_size": [(item.unit_size or 0) * factor for item in chosen],
        }
    )
    frame["total"] = frame["units_count"] * frame["unit_size"]
    frame["label"] = [
        view.say(
            "plant_units",
            count=int(row.units_count),
            size=bare(row.unit_size),
            total=bare(row.total),
            unit=unit,
        )
        for row in frame.itertuples()
    ]
    kinds = {
        kind: view.say("plant_kind", kind=kind, total=bare(total), unit=unit)
        for kind, total in frame.groupby("kind", sort=False)["total"].sum().items()
    }

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        shown = frame.assign(name=[charts.wrap(one, 16 if narrow else 30) for one in frame["name"]])
        largest = float(frame["total"].max())
        plot_units(ax, shown, kinds, limit=largest * (2.2 if narrow else 1.5))
        ax.set_xlabel(unit)
        charts.legend(figure, ax, narrow=narrow, columns=1)

    alt = view.say(
        "alt_plants",
        count=len(frame),
        units=int(frame["units_count"].sum()),
        total=f"{bare(float(frame['total'].sum()))}{'' if zh else ' '}{unit}",
        kinds=view.say("semicolon").join(kinds.values()),
    )
    data = pd.DataFrame(
        {
            view.say("column_project"): frame["name"],
            view.say("column_work"): frame["kind"],
            view.say("column_units"): frame["units_count"],
            view.say("column_unit_size"): [item.unit_size for item in chosen],
        }
    )
    return assemble(
        view,
        anchor=f"plants-{section}",
        title=title,
        reading=alt,
        alt=alt,
        images=draw(paint, 1.3 + 0.5 * len(frame), 1.5 + 0.65 * len(frame)),
        notes=[view.say("note_plan_quantity")],
        data=data,
    )


def _kind_of_work(text: str) -> str:
    """Take the kind of work from a project's description, which adds technical detail."""
    return text.replace("；", ";").partition(";")[0]


def states(view: View, chosen: Sequence[PlanProject], *, title: str) -> Shown:
    """Draw what is known of the state of each project, unknown being a state of its own."""
    if not chosen:
        return Shown("", "")
    used = {item.status for item in chosen}
    columns = {
        state: view.say(f"project_{state}")
        for state in chart_rows.STATES
        if state in ALWAYS or state in used
    }
    names = [view.words(item, "name") for item in chosen]

    def paint(figure: Figure, narrow: bool) -> None:
        rows = [
            (charts.wrap(name, 20 if narrow else 38), item.status, item.status_date[:7])
            for name, item in zip(names, chosen, strict=True)
        ]
        width = 8 if narrow else 16
        heads = {state: charts.wrap(words, width) for state, words in columns.items()}
        chart_rows.plot_states(figure.subplots(), rows, heads, size=8 if narrow else 9.5)

    counts = pd.Series([item.status for item in chosen]).value_counts()
    alt = view.say(
        "alt_states",
        total=len(chosen),
        list=join(
            [
                view.say("count_of", words=columns[state], count=counts[state])
                for state in columns
                if state in counts.index
            ],
            view.lang,
        ),
    )
    data = pd.DataFrame(
        {
            view.say("column_project"): names,
            view.say("column_project_state"): [columns[item.status] for item in chosen],
            view.say("column_date"): [item.status_date for item in chosen],
        }
    )
    sources = list(dict.fromkeys(item.source for item in chosen if item.source))
    return assemble(
        view,
        anchor=f"states-{chosen[0].box}",
        title=_of_year(view, title, view.as_of),
        reading=alt,
        alt=alt,
        images=draw(paint, 0.7 + 0.5 * len(chosen), 0.8 + 0.72 * len(chosen)),
        sources=sources,
        notes=[view.say("note_states")],
        data=data,
    )
