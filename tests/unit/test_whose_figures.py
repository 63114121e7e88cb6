"""Figures of third parties are told apart, stand beside a target and decide nothing."""

import pytest

from planbook.data.city import load
from planbook.data.observations import NOT_OWN, STATUSES, Source
from planbook.errors import DataError
from planbook.report.targets import tables
from planbook.report.view import View

TEXT = {"en": "x", "zh": "x"}


def source(origin: str) -> Source:
    return Source(producer=TEXT, title=TEXT, accessed="2024-07-01", licence=TEXT, origin=origin)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("official", ["final", "provisional", "revised", "modelled"]),
        ("compiled", ["compiled", "provisional", "compiled", "modelled"]),
        ("external", ["external", "external", "external", "modelled"]),
    ],
)
def test_a_third_party_s_figure_is_never_final(origin, expected):
    found = [source(origin).status_of(status) for status in STATUSES[:4]]
    assert found == expected


def view_of(project, lang="en") -> View:
    return View(load("smallville", project), 2024, 2030, lang=lang, level=95)


def list_outside(project, origin: str) -> None:
    """Let the figure that meets Smallville's target of retrofits come from a third party."""
    folder = project.city("smallville")
    path = folder / "sources.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.replace("bureau:", "tracker:") + f"  origin: {origin}\n", "utf-8")
    path = folder / "observations" / "energy.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    row = "coal_power_saving_retrofit_capacity,smallville,2023,600,MW,final,2024-02-01,tracker,,"
    lines[1] = row + "two units,两台机组,"
    path.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize(
    ("origin", "verdict", "latest"),
    [("official", "met", 600), ("compiled", "met", 600), ("external", "no_data", None)],
)
def test_the_origin_of_a_source_decides_whether_its_figure_counts(project, origin, verdict, latest):
    list_outside(project, origin)
    standing = view_of(project).standings["saving_retrofit"]
    assert (standing.verdict, standing.latest_value) == (verdict, latest)


def test_what_a_list_says_stands_beside_the_target_with_its_kind_year_and_note(project):
    list_outside(project, "external")
    for lang, words in (
        ("en", ["Smallville: 600 MW (2023, external list). two units"]),
        ("zh", ["小城市：60万千瓦（2023年，第三方名录）。两台机组"]),
    ):
        view = view_of(project, lang)
        target = view.project.plan.targets["saving_retrofit"]
        lines = tables.nearest_of(view, target).split("<br>")
        assert lines[:1] == words


def test_the_one_figure_of_a_tracker_meets_no_target_of_the_shipped_plan(as_shipped):
    view = View(load("liupanshui", as_shipped), 2026, 2035, lang="en", level=95)
    standing = view.standings["new_coal_unit_size"]
    assert (standing.verdict, standing.rule) == ("no_data", "rule_no_data_outside")
    beside = tables.nearest_of(view, standing.target)
    assert "660 MW (2024, external list)" in beside and "steam parameters not checked" in beside
    assert {one.verdict for one in view.standings.values()} == {"no_data", "due_no_data"}


def test_panels_and_trackers_are_never_final(repo):
    found = load("liupanshui", repo)
    rows = found.observations
    for name, about in found.sources.items():
        own = set(rows.loc[rows["source"] == name, "status"])
        words = about.producer.en.lower()
        if "third-party" in words or words == "global energy monitor" or "compiled" in words:
            assert about.origin != "official", name
        assert about.origin == "official" or not own & {"final", "revised"}, name
    assert NOT_OWN == ("modelled", "external")


# ---- nearest figures ----


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("rocky_desertification_treated", "20.8 km² (2022"),
        ("coal_power_ule_2025", "950,000 MW (2020"),
        ("coke_hydrogen_capacity", "phase 2: under construction (2024-04-29"),
        ("coke_circular_capacity", "planned (2024-12-13"),
        ("freight_rail_line", "under construction (2024-04-29"),
        ("soil_erosion_2025", "235 km² (2022"),
    ],
)
def test_the_nearest_figures_and_project_states_that_exist_are_shown(as_shipped, target, said):
    view = View(load("liupanshui", as_shipped), 2026, 2035, lang="en", level=95)
    assert said in tables.nearest_of(view, view.project.plan.targets[target])


def test_a_project_may_work_for_targets_of_its_own_measure_only(project):
    path = project.city("smallville") / "plan" / "projects.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    own = [lines[0] + ",targets", lines[1] + ",saving_retrofit"]
    path.write_text("\n".join(own) + "\n", "utf-8")
    view = view_of(project)
    beside = tables.nearest_of(view, view.project.plan.targets["saving_retrofit"])
    assert "Plant One: under construction (2024-01" in beside
    path.write_text("\n".join([own[0], lines[1] + ",manure_2025"]) + "\n", "utf-8")
    with pytest.raises(DataError, match="'manure_2025' is no target of measure 2"):
        load("smallville", project)
