"""Templates: what they ask for, how they guard it, and that they come back whole."""

from __future__ import annotations

import datetime as dt
import io
import json

import openpyxl
import pytest

from planbook.data.city import load
from planbook.data.observations import load_sources
from planbook.intake.checks.revisions import latest
from planbook.intake.meaning.entries import META
from planbook.intake.meaning.resolve import to_unit
from planbook.intake.meaning.sheets import GUIDE_SHEET, SOURCES_SHEET
from planbook.intake.template import wanted as template_module

from .conftest import everything, fill


@pytest.fixture
def template(run, tmp_path):
    """Write a template; give its path."""

    def template_(*options):
        path = tmp_path / "t.xlsx"
        code, out, err = run("template", "--output", path, *options)
        assert (code, err) == (0, ""), err
        assert "rows to fill in" in out
        return path

    return template_


def opened(path):
    return openpyxl.load_workbook(path)


def columns(sheet):
    return {str(cell.value).split("\n")[-1]: cell.column for cell in sheet[1]}


@pytest.mark.parametrize(
    "name",
    ["agriculture_rural", "市农业农村局", "municipal bureau of agriculture and rural affairs"],
)
def test_a_department_is_found_by_id_or_name(template, name):
    book = opened(template("--department", name))
    assert book.sheetnames == ["市农业农村局", SOURCES_SHEET, GUIDE_SHEET, META]
    assert book[META].sheet_state == "veryHidden"
    meta = json.loads(book[META]["A1"].value)
    assert meta == {
        "version": 2,
        "city": "smallville",
        "year": 2023,
        "sheets": {"市农业农村局": "agriculture_rural"},
    }


def test_it_shows_names_definitions_units_and_last_years_figure(template):
    sheet = opened(template("--department", "agriculture_rural", "--year", "2024")).worksheets[0]
    at = columns(sheet)
    rows = {row[at["indicator"] - 1].value: row for row in sheet.iter_rows(min_row=2)}
    manure = {
        name: rows["manure_utilisation_rate"][column - 1].value for name, column in at.items()
    }
    assert manure["Chinese title"] == "畜禽粪污资源化综合利用率"
    assert manure["English title"] == "Livestock manure utilisation rate"
    assert (manure["earlier year"], manure["earlier figure"], manure["its source"]) == (
        2023,
        80.4,
        "bureau",
    )
    assert (manure["year"], manure["value"], manure["unit"], manure["entity"]) == (
        2024,
        None,
        "%",
        "小城市",
    )
    assert "returned to fields" in manure["definition (English)"]
    assert "grain_yield" not in rows  # computed


def test_a_bound_on_file_keeps_its_sign(template):
    sheet = opened(template("--department", "agriculture_rural", "--year", "2021")).worksheets[0]
    at = columns(sheet)
    rows = {row[at["indicator"] - 1].value: row for row in sheet.iter_rows(min_row=2)}
    assert rows["fertiliser_utilisation_rate"][at["already on file"] - 1].value == "≥ 40"


@pytest.mark.parametrize(
    ("unit", "written", "value", "shown"),
    [("kt", "万吨", 2815.0, "281.5"), ("Mt", "万吨", 3.6, "360"), ("mu", "万亩", 8_700_000.0, "870"),
     ("MW", "万千瓦", 6240.0, "624"), ("GWh", "亿千瓦时", 1234.0, "12.34"),
     ("Mtce", "万吨标准煤", 9.61, "961"), ("%", "%", 41.9, "41.9"), ("t", "吨", 90.0, "90")],
)  # fmt: skip
def test_a_department_is_asked_in_the_unit_that_it_counts_in(unit, written, value, shown):
    row = {"value": value, "unit": unit, "qualifier": "at_least"}
    assert template_module.usual_unit(unit, [row]) == written
    assert template_module._shown(row, written) == f"≥ {shown}"
    assert to_unit(float(shown), written, unit) == value


def test_a_figure_that_would_not_come_back_keeps_the_catalogues_unit():
    exact = {"value": 0.12, "unit": "kt", "qualifier": ""}
    long = {"value": 1234.56789012345, "unit": "kt", "qualifier": ""}
    assert template_module.usual_unit("kt", [exact]) == "万吨"
    assert template_module.usual_unit("kt", [exact, long]) == "千吨"


def test_every_figure_of_the_shipped_city_is_printed_so_that_it_comes_back(repo):
    project = load("liupanshui", repo)
    known = latest(project.observations, project.city.entities)
    changed = 0
    for row in known.values():
        written = template_module.usual_unit(row["unit"], [row])
        printed = float(f"{template_module._in_unit(row, written):.12g}")
        assert to_unit(printed, written, row["unit"]) == row["value"], row
        changed += template_module.size_of(row["unit"], written) != 1.0
    assert changed > 100


def test_units_earlier_figures_and_bounds_of_a_row_agree(template):
    sheet = opened(template("--department", "energy", "--year", "2024")).worksheets[0]
    at = columns(sheet)
    rows = {row[at["indicator"] - 1].value: row for row in sheet.iter_rows(min_row=2)}
    saving = rows["coal_power_saving_retrofit_capacity"]
    assert saving[at["unit"] - 1].value == "万千瓦"
    assert (saving[at["earlier figure"] - 1].value, saving[at["earlier year"] - 1].value) == (60, 2023)  # fmt: skip


def test_only_the_cells_to_fill_in_are_open(template):
    sheet = opened(template("--department", "agriculture_rural")).worksheets[0]
    assert sheet.protection.sheet
    at = columns(sheet)
    is_open = {name for name, column in at.items() if not sheet.cell(2, column).protection.locked}
    assert is_open == {
        "value",
        "unit",
        "qualifier",
        "status",
        "published",
        "source",
        "locator",
        "note_zh",
        "note",
    }
    assert all(cell.protection.locked for cell in sheet[1])


def test_rules_in_the_sheet_hold_numbers_within_the_catalogues_bounds(template):
    sheet = opened(template("--department", "agriculture_rural")).worksheets[0]
    rules = sheet.data_validations.dataValidation
    kinds = {rule.type for rule in rules}
    assert kinds == {"list", "date", "decimal"}
    shares = next(rule for rule in rules if rule.operator == "between" and rule.type == "decimal")
    assert (shares.formula1, shares.formula2) == ("0", "100")
    assert "100" in shares.error and "请填写" in shares.error
    amounts = next(rule for rule in rules if rule.operator == "greaterThanOrEqual")
    assert amounts.formula1 == "0"
    assert any("provisional" in rule.formula1 for rule in rules if rule.type == "list")


def test_all_departments_stand_in_one_workbook(template):
    book = opened(template("--all"))
    meta = json.loads(book[META]["A1"].value)
    assert len(meta["sheets"]) > 8
    assert set(meta["sheets"]) <= set(book.sheetnames)
    assert "市生态环境局" in meta["sheets"]


def test_counties_get_rows_of_their_own(template):
    sheet = opened(template("--department", "agriculture_rural", "--counties")).worksheets[0]
    at = columns(sheet)
    places = {sheet.cell(row, at["entity"]).value for row in range(2, sheet.max_row + 1)}
    assert places == {"小城市", "东区"}


def test_the_same_data_give_the_same_bytes(run, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        run("template", "--department", "energy", "--output", tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--department", "ministry of magic"], "no department 'ministry of magic'"),
        (["--department", "energy", "--year", "2099"], "give a year up to 2024"),
        (["--department", "energy", "--output", "t.csv"], "ends in .xlsx"),
        (["--department", "education", "--output", "x.xlsx"], "education: no indicator"),
    ],
)
def test_a_wrong_request_is_refused(run, tmp_path, monkeypatch, options, told):
    monkeypatch.chdir(tmp_path)
    code, _, err = run("template", *options)
    assert code == 1
    assert told in err
    assert not (tmp_path / "x.xlsx").exists()


def test_an_empty_form_does_not_pass_for_done(template, take, city):
    before = everything(city)
    for options in (["--department", "agriculture_rural"], ["--all"], ["--all", "--counties"]):
        for how in ("--yes", "--dry-run"):
            code, out, err = take(template(*options), how, "--accept-warnings", "--accept-unread")
            assert code == 1
            assert "no figure in it" in out
            assert err.startswith("nothing was written")
    assert everything(city) == before


def test_a_sheet_without_a_figure_is_told_beside_one_that_has_some(template, take, tmp_path):
    raw = template("--all", "--year", "2024").read_bytes()
    given = {"value": 81.2, "source": "bureau", "published": "2025-03"}
    path = tmp_path / "filled.xlsx"
    path.write_bytes(fill(raw, {"manure_utilisation_rate": given}))
    code, out, err = take(path, "--yes")
    assert code == 1
    assert "warnings" in err
    assert "the sheet has the form and no figure in it" in out
    assert take(path, "--yes", "--accept-warnings")[0] == 0


@pytest.mark.parametrize("name", ["entity", "indicator", "year"])
def test_a_template_without_a_column_of_its_own_is_refused(template, take, tmp_path, city, name):
    before = everything(city)
    given = {"value": 81.2, "source": "bureau"}
    raw = template("--department", "agriculture_rural", "--counties").read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(fill(raw, {"manure_utilisation_rate": given})))
    sheet = book.worksheets[0]
    sheet.delete_cols(columns(sheet)[name])
    path = tmp_path / "cut.xlsx"
    book.save(path)
    code, out, _ = take(path, "--yes", "--accept-warnings", "--accept-unread")
    assert code == 1
    assert "column" in out
    assert everything(city) == before


def test_a_blank_place_in_a_template_is_not_the_city(template, take, tmp_path, city):
    before = everything(city)
    raw = template("--department", "agriculture_rural", "--counties").read_bytes()
    given = {"value": 81.2, "source": "bureau", "entity": None}
    path = tmp_path / "blank.xlsx"
    path.write_bytes(fill(raw, {"manure_utilisation_rate": given}))
    code, out, _ = take(path, "--yes")
    assert code == 1
    assert "it is blank here" in out
    assert everything(city) == before


def test_the_place_stays_in_sight_where_one_types(template):
    sheet = opened(template("--department", "agriculture_rural", "--counties")).worksheets[0]
    at = columns(sheet)
    frozen = openpyxl.utils.cell.coordinate_from_string(sheet.freeze_panes)[0]
    last = openpyxl.utils.column_index_from_string(frozen) - 1
    assert at["entity"] <= last < at["value"]


def test_filled_cells_arrive_exactly(template, take, city, small):
    path = template("--department", "agriculture_rural", "--year", "2024")
    title = "2024年农业农村统计公报"
    path.write_bytes(
        fill(
            path.read_bytes(),
            {
                "manure_utilisation_rate": dict(
                    value=81.237,
                    published=dt.datetime(2025, 3, 1),
                    source="bureau",
                    status="正式 final",
                    locator="table 9",
                ),
                "fertiliser_utilisation_rate": dict(
                    value=41.9,
                    qualifier="约 about",
                    published="2025-03",
                    source=title,
                    note="trial",
                    note_zh="试验",
                ),
                "mulch_film_use": dict(value="0.2815", unit="万吨", source=title),
            },
        )
    )
    code, out, err = take(path, "--yes")
    assert (code, err) == (0, ""), out
    project = load("smallville", small)
    new = project.observations[
        (project.observations["year"] == 2024) & (project.observations["entity"] == "smallville")
    ]
    found = {row["indicator"]: row for row in new.to_dict("records")}
    manure = found["manure_utilisation_rate"]
    assert (
        manure["value"],
        manure["status"],
        manure["published"],
        manure["source"],
        manure["locator"],
    ) == (81.237, "final", "2025-03-01", "bureau", "table 9")
    fertiliser = found["fertiliser_utilisation_rate"]
    assert (
        fertiliser["value"],
        fertiliser["qualifier"],
        fertiliser["note"],
        fertiliser["note_zh"],
    ) == (41.9, "about", "trial", "试验")
    film = found["mulch_film_use"]
    assert (film["value"], film["unit"], film["status"], film["published"]) == (
        2.815,
        "kt",
        "provisional",
        "",
    )
    assert film["source"] == fertiliser["source"] == "agriculture_rural_2025"
    source = load_sources(city / "sources.yml")["agriculture_rural_2025"]
    assert source.title.zh == title
    assert source.producer.zh == "市农业农村局"
    assert source.licence.en == "not stated"
    code, out, _ = take(path, "--yes")
    assert code == 0
    assert "unchanged: 3" in out and "nothing to write" in out


def test_the_sheet_of_sources_describes_new_documents(template, take, city):
    path = template("--department", "agriculture_rural", "--year", "2024")
    raw = fill(path.read_bytes(), {"manure_utilisation_rate": dict(value=81.2, source="农业公报")})
    book = openpyxl.load_workbook(io.BytesIO(raw))
    sheet = book[SOURCES_SHEET]
    head = columns(sheet)
    for name, value in dict(
        source="农业公报",
        title_en="Farm bulletin",
        address="https://example.org/a",
        published=dt.datetime(2025, 4, 2),
        licence_zh="公开",
        licence_en="public",
    ).items():
        sheet.cell(2, head[name]).value = value
    book.save(path)
    assert take(path, "--yes")[0] == 0
    source = load_sources(city / "sources.yml")["agriculture_rural_2025"]
    assert (source.title.en, source.title.zh) == ("Farm bulletin", "农业公报")
    assert (source.address, source.published, source.licence.en) == (
        "https://example.org/a",
        "2025-04-02",
        "public",
    )
    assert source.producer.en == "Municipal Bureau of Agriculture and Rural Affairs"


def test_a_script_in_the_sheet_of_sources_is_refused(template, take):
    path = template("--department", "agriculture_rural", "--year", "2024")
    book = openpyxl.load_workbook(path)
    book[SOURCES_SHEET]["A2"] = "<script>alert(1)</script>"
    book.save(path)
    code, out, _ = take(path, "--dry-run")
    assert code == 1
    assert f"{SOURCES_SHEET} A2" in out and "HTML" in out
