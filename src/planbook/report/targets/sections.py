"""What each section of the plan asks, and what answers it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from planbook.data.plan import Section
from planbook.report.figure import holder_lines
from planbook.report.html.cells import said, stacked
from planbook.report.html.fragments import Column, Shown, file_links, table
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
    rows, export = [], []
    for section in chosen:
        names = section_indicators(view, section)
        known = [name for name in names if len(view.series(name))]
        published = [view.named_latest(name) for name in known if not view.series(name).is_modelled]
        modelled = [view.named_latest(name) for name in known if view.series(name).is_modelled]
        absent = holder_lines(view, [one for one in names if one not in known], key="held_by")
        head = section_title(view, section)
        about = Markup("<strong>{}</strong><br>{}").format(head, section.question[view.lang])
        rows.append(
            {
                "cells": [
                    about,
                    stacked(published or [view.say("no_figure")]),
                    stacked(modelled),
                    stacked(absent),
                ]
            }
        )
        export.append(
            {
                view.say("column_section"): section.number,
                view.say("column_question"): section.question[view.lang],
                view.say("column_published_city"): view.say("semicolon").join(published),
                view.say("column_value_modelled"): view.say("semicolon").join(modelled),
                view.say("column_missing"): " ".join(absent),
            }
        )
    columns = [
        Column(view.say("column_section_question")),
        Column(view.say("column_published_city")),
        Column(view.say("column_value_modelled")),
        Column(view.say("column_missing")),
    ]
    frame = pd.DataFrame(export)
    html = table(
        columns,
        rows,
        label=view.say("label_sections"),
        kind="pb-sections",
        notes=[view.say("note_sections")],
        links=file_links(
            {"sections": frame}, f"{view.city}_sections_{chosen[0].number:02d}", view.lang
        ),
    )
    return Shown(html, frame.to_string(index=False), frame)
