"""What each section of the plan asks, and what answers it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from markupsafe import Markup

from planbook.data.plan import Section
from planbook.report.figure import holder_lines
from planbook.report.html.cells import said, stacked, strong, two_lines
from planbook.report.html.fragments import Shown
from planbook.report.html.tabular import Tabular, column, held, listed, shown
from planbook.report.series.tables import latest_of_each
from planbook.report.targets.tables import section_title
from planbook.report.view import View


def section_indicators(view: View, section: Section) -> list[str]:
    """List the indicators that the measures of a section name, in their order."""
    measures = view.project.plan.measures_of(section.number)
    return list(dict.fromkeys(name for item in measures for name in item.indicators))


def sections(view: View, chosen: Sequence[Section]) -> Shown:
    """Answer each section: what is published, what is missing and who would hold it."""
    if not chosen:
        return said(view.say("no_section"))

    def known(section: Section, *, modelled: bool) -> list[str]:
        return latest_of_each(view, section_indicators(view, section), modelled=modelled)

    def absent(section: Section) -> list[str]:
        names = section_indicators(view, section)
        return holder_lines(
            view, [one for one in names if not len(view.series(one))], key="held_by"
        )

    def about(section: Section) -> Markup:
        return two_lines(strong(section_title(view, section)), section.question[view.lang])

    apart = view.say("semicolon")
    fields = [
        held("column_section", lambda one: one.number),
        shown("column_section_question", about),
        held("column_question", lambda one: one.question[view.lang]),
        column(
            "column_published_city",
            lambda one: stacked(known(one, modelled=False) or [view.say("no_figure")]),
            lambda one: apart.join(known(one, modelled=False)),
        ),
        listed("column_value_modelled", partial(known, modelled=True), apart),
        listed("column_missing", absent),
    ]
    return Tabular(view, chosen, fields).show(
        "label_sections",
        "pb-sections",
        notes=[view.say("note_sections")],
        name="sections",
        file=f"sections_{chosen[0].number:02d}",
    )
