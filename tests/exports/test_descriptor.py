"""data/datapackage.json: current, read by other programs, and found out of date."""

from __future__ import annotations

import json
import shutil

import frictionless
import pytest

from planbook.cli.main import main
from planbook.data.paths import ROOT_VARIABLE
from planbook.errors import DataError
from planbook.exports import descriptor

ROW = "manure_utilisation_rate,smallville,2024,81,%,final,2025,bureau,,,,\n"


def listed(paths):
    found = json.loads((paths.data / "datapackage.json").read_text(encoding="utf-8"))
    return {one["path"]: one for one in found["resources"]}


def test_the_shipped_descriptor_is_current_and_names_every_file(repo):
    descriptor.check(repo)
    files = {
        path.relative_to(repo.data).as_posix()
        for path in repo.data.rglob("*")
        if path.suffix in (".csv", ".yml") and "imports" not in path.parts
    }
    assert set(listed(repo)) == files
    assert len(files) > 60


def test_another_program_reads_the_data_and_finds_no_fault(project):
    report = frictionless.Package(str(project.data / "datapackage.json")).validate()
    assert [error.message for task in report.tasks for error in task.errors] == []
    assert report.stats["tasks"] == len(listed(project))


@pytest.mark.parametrize(
    ("file", "old", "new", "kind"),
    [
        ("observations/waste.csv", ",66,%", ",sixty,%", "type-error"),
        ("observations/waste.csv", "final", "finished", "constraint-error"),
        ("plan/projects.csv", "PROJECT", "", "constraint-error"),
    ],
)
def test_another_program_finds_what_breaks_the_schema(project, file, old, new, kind):
    path = project.city("smallville") / file
    text = path.read_text(encoding="utf-8")
    if old == "PROJECT":  # the second row gets the key of the first
        lines = text.splitlines()
        text = "\n".join([*lines, lines[1]]) + "\n"
        kind = "primary-key"
    else:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    report = frictionless.Package(str(project.data / "datapackage.json")).validate()
    assert kind in {error.type for task in report.tasks for error in task.errors}


def test_each_column_has_type_and_titles_in_both_languages(repo):
    tables = [one for one in listed(repo).values() if one.get("type") == "table"]
    assert len(tables) > 30
    for table in tables:
        assert table["title"] and table["title_zh"]
        for field in table["schema"]["fields"]:
            assert field["type"] in ("string", "integer", "number", "boolean")
            assert field["title"] and field["title_zh"] != field["title"]
    air = listed(repo)["cities/liupanshui/observations/air.csv"]
    assert (air["city"], air["title"], air["title_zh"]) == ("liupanshui", "Figures, air: Liupanshui", "六盘水市：数据（air）")  # fmt: skip
    assert air["sources"][0]["path"] == air["licenses"][0]["path"] == "cities/liupanshui/sources.yml"  # fmt: skip
    fields = {one["name"]: one for one in air["schema"]["fields"]}
    assert fields["status"]["constraints"]["enum"] == [
        "final", "provisional", "revised", "modelled", "compiled", "external"
    ]  # fmt: skip
    assert fields["value"]["unit"] == "unit"
    fuels = {one["name"]: one for one in listed(repo)["factors/fuels.csv"]["schema"]["fields"]}
    assert fuels["heat"]["unit"] == "GJ/unit"
    gases = listed(repo)["factors/activity_factors.csv"]["schema"]["foreignKeys"]
    assert gases == [{"fields": ["gas"], "reference": {"resource": "factors-gwp", "fields": ["gas"]}}]  # fmt: skip


def test_figures_indicators_and_sources_are_added_without_touching_it(project):
    before = (project.data / "datapackage.json").read_bytes()
    city = project.city("smallville")
    figures = city / "observations" / "agriculture.csv"
    figures.write_text(figures.read_text(encoding="utf-8").rstrip("\n") + "\n" + ROW)
    catalogue = project.catalog / "agriculture.yml"
    catalogue.write_text(
        catalogue.read_text(encoding="utf-8")
        + "\nbees_kept:\n  title: {en: Bees kept, zh: 养蜂}\n  unit: count\n  direction: none\n"
        "  kind: count\n  bounds: [0, null]\n  definition: {en: Hives., zh: 蜂箱数。}\n"
        "  department: agriculture_rural\n",
        encoding="utf-8",
    )
    descriptor.check(project)
    assert not descriptor.write(project)
    assert (project.data / "datapackage.json").read_bytes() == before


def test_check_finds_it_out_of_date_with_one_error(project, monkeypatch, capsys):
    monkeypatch.setenv(ROOT_VARIABLE, str(project.root))
    city = project.city("smallville")
    head = (city / "observations" / "waste.csv").read_text(encoding="utf-8").splitlines()[0]
    (city / "observations" / "soil.csv").write_text(head + "\n", encoding="utf-8")
    told = (
        "data/datapackage.json: out of date: it lacks cities/smallville/observations/soil.csv; "
        "run 'python -m planbook datapackage'"
    )
    assert main(["check", "--city", "smallville"]) == 1
    assert capsys.readouterr().err.splitlines() == [told]
    assert main(["check", "--city", "smallville", "--format", "json"]) == 1
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert error["file"] == "data/datapackage.json"
    assert main(["datapackage"]) == 0
    assert main(["check", "--city", "smallville"]) == 0
    assert listed(project)["cities/smallville/observations/soil.csv"]["type"] == "table"


def test_a_copied_city_is_one_folder_and_one_command(project):
    shutil.copytree(project.city("smallville"), project.cities / "elsewhere")
    about = project.cities / "elsewhere" / "city.yml"
    about.write_text(about.read_text().replace("id: smallville", "id: elsewhere"))
    with pytest.raises(DataError, match=r"it lacks cities/elsewhere/city\.yml"):
        descriptor.check(project)
    assert descriptor.write(project)
    descriptor.check(project)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda path: path.unlink(), "the file is missing; run"),
        (lambda path: path.write_text("{"), "out of date: it is no descriptor"),
        (lambda path: path.write_text("[]"), "out of date: it is no descriptor"),
        (lambda path: path.write_text(path.read_text().replace("planbook-data", "x")), "its head differs"),
        (lambda path: path.write_text(path.read_text().replace('"%"', '"%"').replace("Figures, air: S", "Air of S")), "it describes cities/smallville/observations/air.csv otherwise"),
    ],
)  # fmt: skip
def test_a_damaged_descriptor_is_told(project, change, told):
    change(project.data / "datapackage.json")
    with pytest.raises(DataError, match=told):
        descriptor.check(project)


def test_a_file_that_is_gone_is_told(project):
    (project.city("smallville") / "peers.csv").unlink()
    with pytest.raises(DataError, match=r"it names cities/smallville/peers\.csv, which is not"):
        descriptor.check(project)


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("cities/smallville/extra.csv", "a\n", "extra.csv: unknown table; known are observations"),
        ("context/china/soil.csv", "indicator,colour\n", "soil.csv row 1: unknown column 'colour'"),
    ],
)
def test_a_table_that_nothing_describes_is_an_error(project, file, text, told):
    (project.data / file).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=told):
        descriptor.describe(project)


def test_the_whole_description_of_a_copy_has_size_and_hash(project):
    whole = descriptor.describe(project, whole=True)["resources"]
    plain = descriptor.describe(project)["resources"]
    assert all(one["bytes"] > 0 and one["hash"].startswith("sha256:") for one in whole)
    assert not any("hash" in one or "bytes" in one for one in plain)
