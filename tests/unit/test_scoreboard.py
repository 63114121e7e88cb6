"""The scoreboard and the tables of departments on the invented city."""

from __future__ import annotations

import io
from dataclasses import dataclass

import openpyxl
import pandas as pd
import pytest
from lxml import html
from site_reader import files, squeezed

from planbook.analysis.progress import status_frame
from planbook.data.city import load
from planbook.report.targets import departments as duty_tables
from planbook.report.targets import scoreboard
from planbook.report.view import View
from planbook.text import say


@dataclass(frozen=True)
class Judged(View):
    """A view whose status has the columns that the board shows when they are there."""

    @property
    def status(self) -> pd.DataFrame:
        frame = status_frame(self.standings)
        return frame.assign(
            pace_needed=[2.5 if one == "bulk_waste_2030" else None for one in frame["target_id"]],
            pace_seen=0.5,
            chance_reason="refused_short",  # a message that needs details the board has not
            lead="energy",
        )


@pytest.fixture(params=["en", "zh"])
def view(request, project) -> View:
    return View(load("smallville", project), 2024, 2030, lang=request.param, level=95)


def parsed(shown):
    return html.fragment_fromstring(shown.html)


def row(board, target: str):
    (found,) = board.xpath(".//tr[@id=$name]", name=f"target-{target}")
    return {one.get("data-label"): one for one in found}


def test_the_board_has_a_row_a_target_with_its_own_state_and_figure(view):
    board = parsed(scoreboard.board(view))
    rows = board.findall(".//tbody/tr")
    assert [one.get("id") for one in rows] == [
        f"target-{name}" for name in view.project.plan.targets
    ]
    for one, standing in zip(rows, view.standings.values(), strict=True):
        (badge,) = one.xpath(".//span[contains(@class, 'pb-badge')]")
        assert badge.get("class") == f"pb-badge pb-{standing.verdict}"
        assert one.get("data-verdict") == standing.verdict
        has_none = view.say("no_figure") in one.text_content()
        assert has_none == (standing.latest_value is None)
        assert bool(one.xpath(".//*[local-name()='svg']")) == (standing.latest_value is not None)


def test_the_board_sets_the_pace_needed_against_the_pace_seen(view):
    label = say("column_pace", view.lang)
    board = parsed(scoreboard.board(view))
    for name, standing in view.standings.items():
        if standing.latest_value is None:
            cell = row(board, name)[label]
            assert (cell.text, cell.get("data-sort")) == ("–", "")
    judged = Judged(view.project, 2024, 2030, lang=view.lang, level=95)
    cells = row(parsed(scoreboard.board(judged)), "bulk_waste_2030")
    needed, seen = (
        say("per_year", view.lang, value=say("points", view.lang, value=value))
        for value in ("2.5", "0.5")
    )
    assert list(cells[label].itertext()) == [
        say("pace_needed", view.lang, pace=needed),
        say("pace_seen", view.lang, pace=seen),
    ]
    own = view.standings["bulk_waste_2030"].pace  # its last two years answer otherwise
    step = say("points", view.lang, value=f"{own.latest:.1f}")
    uneven = say("pace_latest", view.lang, since=2021, pace=say("per_year", view.lang, value=step))
    assert list(row(board, "bulk_waste_2030")[label].itertext())[2:] == [uneven]
    assert cells[label].get("data-sort") == "0.2"  # 0.5 seen of 2.5 needed, whatever the unit
    lead = cells[say("column_lead", view.lang)]
    assert lead.find("a").get("href") == "department_energy.html"


def test_a_chance_that_is_not_there_is_never_made_up(view):
    judged = Judged(view.project, 2024, 2030, lang=view.lang, level=95)
    label = say("column_chance", view.lang)
    board = parsed(scoreboard.board(judged))
    for target, standing in judged.standings.items():
        cell = row(board, target)[label]
        if standing.chance is not None:
            assert float(cell.get("data-sort")) == standing.chance
        else:
            is_told = standing.latest_value is None or standing.verdict in ("met", "missed")
            nothing = "–" if is_told else say("not_estimated", view.lang)
            assert (cell.text_content().strip(), cell.get("data-sort")) == (nothing, "")


def test_targets_and_figures_sort_by_unit_and_then_by_size(view):
    board = parsed(scoreboard.board(view))
    targets = view.project.plan.targets
    found = [
        (int(row(board, name)[say("column_asked", view.lang)].get("data-sort")), one)
        for name, one in targets.items()
    ]
    sizes = [(one.unit, one.value) for _, one in sorted(found, key=lambda pair: pair[0])]
    assert sizes == sorted(sizes)
    assert len({unit for unit, _ in sizes}) > 1


def test_a_gap_sorts_by_its_share_of_the_target(view):
    board = parsed(scoreboard.board(view))
    status = status_frame(view.standings).set_index("target_id")
    label, told = say("column_gap", view.lang), 0
    for name, target in view.project.plan.targets.items():
        key = row(board, name)[label].get("data-sort")
        gap, latest = status.loc[name, ["gap", "latest"]]
        if pd.isna(latest) or pd.isna(gap):
            assert key == ""
        elif not target.is_met_by(latest):
            assert float(key) == pytest.approx(abs(gap) / abs(target.value))
            told += 1
    assert told


def test_the_reason_for_the_dashes_is_given_once(view):
    missing = int(status_frame(view.standings)["latest"].isna().sum())
    reason = view.say("board_missing", missing=missing, total=len(view.standings))
    assert missing
    text = squeezed(parsed(scoreboard.board(view)).text_content())
    assert text.count(squeezed(reason)) == 1


def test_stand_ins_have_a_column_of_their_own_and_count_nothing(view):
    board = parsed(scoreboard.board(view))
    for one in board.findall(".//tbody/tr"):
        labels = [cell.get("data-label") for cell in one]
        assert labels.count(say("column_beside", view.lang)) == 1
        if view.say("no_figure") in one.text_content():
            assert one.get("data-verdict") in ("due_no_data", "no_data")
    assert squeezed(say("nearest_note", view.lang)) in squeezed(board.text_content())


def test_counts_by_part_link_to_their_rows_of_the_board(view):
    found = parsed(scoreboard.counts(view))
    board = parsed(scoreboard.board(view))
    links = found.xpath(".//a[contains(@href, 'verdict=') and contains(@href, 'part=')]")
    assert sum(int(link.text) for link in links) == len(view.project.plan.targets)
    for link in links:
        query, _, anchor = link.get("href").removeprefix("?").partition("#")
        wanted = dict(pair.split("=") for pair in query.split("&"))
        rows = [
            one for one in board.findall(".//tbody/tr")
            if one.get("data-verdict") == wanted["verdict"] and one.get("data-part") == wanted["part"]
        ]  # fmt: skip
        assert len(rows) == int(link.text)
        assert anchor == board.get("id")


def test_every_department_has_a_row_and_its_roles_are_drawn(view):
    names = [
        "industry_it",
        "energy",
        "agriculture_rural",
        "housing_construction",
        "ecology_environment",
    ]
    table = parsed(duty_tables.overview(view))
    assert sorted(table.xpath(".//tbody/tr/@id")) == sorted(f"department-{name}" for name in names)
    heat = parsed(duty_tables.heat(view))
    assert len(heat.xpath(".//td[contains(@class, 'pb-role-lead')]")) == 5  # one a measure
    assert len(heat.xpath(".//td[contains(@class, 'pb-role-part')]")) == 1
    assert len(heat.xpath(".//ul/li")) == len(names)  # what a phone shows


def test_the_sheet_of_a_department_holds_its_rows_only(view):
    def opened(shown):
        ((_, raw),) = files(html.fragment_fromstring(f"<div>{shown.html}</div>")).items()
        return openpyxl.load_workbook(io.BytesIO(raw))

    whole, own = (
        opened(duty_tables.assessment(view)),
        opened(duty_tables.assessment(view, "energy")),
    )
    assert whole.sheetnames == [say("sheet_summary", view.lang), say("sheet_assessment", view.lang)]
    assert own.sheetnames == [say("sheet_assessment", view.lang)]
    (sheet,) = own.worksheets
    head = [cell.value for cell in sheet[1]]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [line[0] for line in rows] == [view.department("energy")]
    for key in ("column_person", "column_evidence"):
        assert [line[head.index(say(key, view.lang))] for line in rows] == [None]
    assert rows[0][head.index(say("column_target_value", view.lang))] == 600
    assert len(list(whole.worksheets[1].rows)) == 1 + 7  # steel twice, manure twice


def test_projects_show_state_with_date_and_source(view):
    (line,) = parsed(duty_tables.projects(view)).findall(".//tbody/tr")
    assert line.get("data-state") == "building"
    state = line[-1].text_content()
    assert say("project_building", view.lang) in state
    assert "2024-01" in state


def test_a_lead_that_the_plan_does_not_know_is_told_as_none(view):
    class Odd(Judged):
        @property
        def status(self):
            return super().status.assign(lead="martians")

    board = parsed(scoreboard.board(Odd(view.project, 2024, 2030, lang=view.lang, level=95)))
    assert set(board.xpath(".//tbody/tr/@data-lead")) == {scoreboard.NO_LEAD}
