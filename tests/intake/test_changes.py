"""Editions kept and compared, from imports to the chapter on what changed."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from planbook import chapter
from planbook.cli.main import main
from planbook.data.vintages import revisions
from planbook.text import say

NEW = (
    "indicator,year,value,unit,published,source\n"
    "manure_utilisation_rate,2024,81.2,%,2024-11,bureau\n"
    "bulk_solid_waste_utilisation_rate,2024,68,%,2024-11,bureau\n"
    "manure_utilisation_rate,2023,80.9,%,2024-10,bureau\n"
)
KEYS = {
    ("added", "manure_utilisation_rate", 2024),
    ("added", "bulk_solid_waste_utilisation_rate", 2024),
    ("revised", "manure_utilisation_rate", 2023),
}


@pytest.fixture
def diff(run):
    """Run ``planbook diff`` and read its JSON."""

    def diff_(*sides):
        code, out, err = run("diff", *sides, "--format", "json")
        assert code == 0, err
        return json.loads(out)

    return diff_


def keys(found):
    return {(one["kind"], one["indicator"], one["year"]) for one in found["figures"]}


def load(small, **more):
    return chapter.load("27_changes", city="smallville", root=small, **more)


def test_three_imported_figures_are_exactly_what_changed(take, csv, small, run, diff):
    before = load(small)
    assert say("change_nothing_imported", "en") == before.changes.table_entered().plain
    assert "known a year before the newest date of publication" in before.changes.comparison().plain
    assert run("edition", "--keep", "autumn")[0] == 0
    code, _, err = take(csv(NEW), "--yes", "--accept-warnings", "--who", "Ann")
    assert code == 0, err

    made = load(small)
    assert "the edition “autumn”, kept on " in made.changes.comparison().plain
    shown = made.changes.table_figures()
    assert len(shown.data) == 3
    entered = made.changes.table_entered()
    assert "3 figures were entered by 1 imports" in entered.plain
    assert entered.html.count("new.csv") == 3 and "Ann" in entered.html
    cards = made.changes.cards().plain
    for words in ("2 new figures", "1 revised figures", "0 withdrawn figures"):
        number, _, name = words.partition(" ")
        assert name in cards and number in cards
    (row,) = revisions(made.view.project.observations, 2024).to_dict("records")
    assert (row["before"], row["after"]) == (80.4, 80.9)
    assert "80.4" in made.changes.table_revisions().html
    assert keys(diff("autumn")) == KEYS
    told = {one["target_id"]: one["reasons"] for one in diff("autumn")["targets"]}
    assert told["manure_2025"] == ["added", "revised"]
    assert told["bulk_waste_2030"] == ["added"]

    farm = chapter.load("10_agriculture", city="smallville", root=small)
    farm.targets.table()
    assert "80.4" in farm.sources().html and "80.9" in farm.sources().html


def test_without_a_kept_edition_imports_are_compared_with_the_data_before_them(take, csv, small):
    assert take(csv(NEW), "--yes", "--accept-warnings")[0] == 0
    for lang, words in (
        ("en", "before the imports recorded (1)"),
        ("zh", "有记录的导入（1次）之前"),
    ):
        made = load(small, lang=lang)
        assert words in made.changes.comparison().plain
        assert len(made.changes.table_figures().data) == 3
        assert "2024" in made.changes.table_targets().html
    assert take("--undo")[0] == 0
    assert load(small).changes.table_entered().plain == say("change_nothing_imported", "en")


def test_an_imported_figure_that_counts_only_later_says_so(take, csv, small):
    text = "indicator,year,value,unit,published,source\nmanure_utilisation_rate,2024,81.2,%,2025-03,bureau\n"
    assert take(csv(text), "--yes")[0] == 0
    made = load(small)
    assert made.changes.table_figures().plain == say("change_nothing_figures", "en")
    assert "counts as known from 2025-03-31" in made.changes.table_entered().plain


def test_a_date_or_an_edition_may_be_asked_for(small, run):
    made = load(small)
    shown = made.changes.table_figures(since="2023")
    own = shown.data[shown.data[say("column_place", "en")] == "Smallville"]
    assert len(own) > 20 and set(own[say("column_year", "en")]) == {2023}
    assert (
        "known on 2023-12-31, with targets judged by the end of 2023"
        in made.changes.comparison(since="2023").plain
    )
    assert made.changes.plot_chances(since="2023").html
    with pytest.raises(Exception, match="since 'spring': give a date as YYYY-MM-DD, or a kept"):
        made.changes.comparison(since="spring")


def test_chances_then_and_now_are_drawn_where_they_moved(take, csv, small):
    made = load(small)
    _, changes = made.changes._changes("2022")
    moved = [
        one for one in changes.with_aspect("chance")
        if None not in (one.before["result"]["probability"], one.after["result"]["probability"])
    ]  # fmt: skip
    assert moved, "the fixture has chances that move"
    shown = made.changes.plot_chances(since="2022")
    assert len(shown.data) == len(moved)
    assert "<picture>" in shown.html and "data:image/svg" in shown.html


def test_an_edition_is_never_overwritten(run, city):
    assert run("edition", "--keep", "autumn", "--lang", "zh")[0] == 0
    path = city / "editions" / "autumn.json"
    raw = path.read_bytes()
    code, _, err = run("edition", "--keep", "autumn")
    assert code == 1
    assert "data/cities/smallville/editions/autumn.json: there is an edition of this name" in err
    assert path.read_bytes() == raw
    assert run("edition", "--keep", "2025")[0] == 1
    assert [one["name"] for one in json.loads(run("edition", "--list", "--format", "json")[1])] == [
        "autumn"
    ]
    assert run("check")[0] == 0


def test_two_dates(diff, run):
    found = diff("2022", "2023")
    assert found["counts"]["figures_added"] == len(found["figures"]) > 3
    own = [one["after"] for one in found["figures"] if one["entity"] == "smallville"]
    assert {one["published"][:4] for one in own} == {"2023"}
    assert (found["old"]["year"], found["new"]["year"]) == (2022, 2023)
    back = diff("2023", "2022")
    assert back["counts"]["figures_withdrawn"] == found["counts"]["figures_added"]
    same = diff("2023", "2023-12-31")
    assert same["figures"] == same["targets"] == []
    code, out, _ = run("diff", "2022", "2023", "--lang", "zh")
    assert code == 0 and "新增" in out and "时间推移" in out


def test_two_snapshots_and_the_code_between_them(diff, run, tmp_path):
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    assert run("edition", "--output", one)[0] == 0
    assert run("edition", "--output", other)[0] == 0
    assert one.read_bytes() == other.read_bytes()
    told = json.loads(one.read_text(encoding="utf-8"))
    told["program"]["code"] = "an older one"
    told["targets"]["bulk_waste_2030"]["result"]["verdict"] = "on_course"
    one.write_text(json.dumps(told), encoding="utf-8")
    found = diff(one, other)
    assert found["figures"] == []
    (target,) = found["targets"]
    assert (target["target_id"], target["aspects"], target["reasons"]) == (
        "bulk_waste_2030", ["verdict"], ["code"],
    )  # fmt: skip
    told["city"] = "elsewhere"
    one.write_text(json.dumps(told), encoding="utf-8")
    assert "an edition of 'elsewhere', not of 'smallville'" in run("diff", one)[2]
    one.write_text("{", encoding="utf-8")
    assert "no snapshot of an edition" in run("diff", one)[2]
    assert "the folder holds no edition.json" in run("diff", tmp_path / "data")[2]


def git(folder, *arguments):
    subprocess.run(
        ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", *arguments],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_two_commits_of_a_repository(small, city, diff, run):
    code, _, err = run("diff", "v1")
    assert code == 1
    assert (
        "'v1' is no file, folder, date or kept edition (none); a commit or tag can be given" in err
    )
    git(small.root, "init", "-q")
    git(small.root, "add", "data")
    git(small.root, "commit", "-qm", "one")
    git(small.root, "tag", "v1")
    path = city / "observations" / "waste.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2023,66,%", "2023,69,%"), encoding="utf-8")
    targets = city / "plan" / "targets.csv"
    plan = targets.read_text(encoding="utf-8")
    targets.write_text(plan.replace(">=,70,%,,2030", ">=,75,%,,2030"), encoding="utf-8")
    git(small.root, "commit", "-qam", "two")
    found = diff("v1", "HEAD")
    assert keys(found) == {("revised", "bulk_solid_waste_utilisation_rate", 2023)}
    (target,) = found["targets"]
    assert target["target_id"] == "bulk_waste_2030"
    assert target["reasons"] == ["definition", "revised"]
    assert "definition" in target["aspects"]
    assert found["old"]["kind"] == "commit" and found["old"]["asked"].startswith("v1 (")
    assert diff("v1", "now")["figures"] == found["figures"]
    code, _, err = run("diff", "v9")
    assert code == 1 and "no such commit or tag" in err
    path.write_text(text.replace("2023,66,%", "2023,abc,%"), encoding="utf-8")
    git(small.root, "commit", "-qam", "three")
    path.write_text(text, encoding="utf-8")
    code, _, err = run("diff", "HEAD", "now")
    assert (
        code == 1 and "its data break rules of this version" in err and "'abc' is no number" in err
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_commit_with_other_code_is_told_by_that_code(small, diff):
    """A stand-in for an older version of the package: it answers ``status`` and no more."""
    package = small.root / "src" / "planbook"
    (package / "analysis").mkdir(parents=True)
    (package / "__init__.py").write_text('__version__ = "0.0.9"\n', encoding="utf-8")
    row = {"target_id": "bulk_waste_2030", "verdict": "met", "latest": 66.0, "latest_year": 2023}
    (package / "__main__.py").write_text(
        f"import json\nprint(json.dumps([{row!r}]))\n", encoding="utf-8"
    )
    git(small.root, "init", "-q")
    git(small.root, "add", "data", "src")
    git(small.root, "commit", "-qm", "one")
    found = diff("HEAD", "now")
    assert found["old"]["program"]["planbook"] == "0.0.9"
    (target,) = found["targets"]
    assert target["before"]["result"]["verdict"] == "met"
    assert target["reasons"] == ["code"] and found["notes"] == []
    (package / "__main__.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    git(small.root, "commit", "-qam", "two")
    assert diff("HEAD", "now")["notes"] == ["code"]


def test_status_at_a_date_judges_by_the_last_whole_year(run):
    whole = json.loads(run("status", "--as-of", "2022", "--format", "json")[1])
    assert json.loads(run("status", "--as-of", "2022-12-31", "--format", "json")[1]) == whole
    middle = json.loads(run("status", "--as-of", "2023-06-30", "--format", "json")[1])
    by_id = {row["target_id"]: row for row in middle}
    assert by_id["fertiliser_2023"]["verdict"] not in ("met", "missed")  # 2023 is not over
    assert by_id["bulk_waste_2030"]["latest_year"] == 2021  # the figure of 2022 came in 2023
    with pytest.raises(SystemExit):
        main(["status", "--as-of", "soon"])


def test_a_page_of_a_date_says_the_date(small):
    made = chapter.load("12_air", city="smallville", as_of="2023-06-30", root=small)
    assert "known on 2023-06-30, targets judged by the end of 2022" in made.question().plain
    assert 2023 not in list(made.series.table_known().data[say("column_year", "en")])
    assert say("revision_none", "en") in made.sources().plain
