"""``planbook verdict``: figures unrounded, every fault told, nothing printed on faults."""

import json

import pytest

from planbook.cli.main import main

HEADER = "case_id,direction,base_year,base_value,year,value,target_year,target_value,limit\n"
GOOD = (
    "1-1-1,down,2015,14.5,2023,10.2,2030,7.25,\n"
    "1-2-1,up,2016,66.6,2023,71.4,,,100\n"
    "keep,at_least,2016,50,2023,60,,80,\n"
)


@pytest.fixture
def run(tmp_path, capsys):
    def _run(text, *more):
        path = tmp_path / "cases.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        code = main(["verdict", "--input", str(path), *more])
        return (code, *capsys.readouterr())

    return _run


def test_json_holds_every_method_unrounded(run):
    code, out, err = run(HEADER + GOOD, "--format", "json")
    assert (code, err) == (0, "")
    first, second, third = json.loads(out)
    assert list(first) == list(second)
    assert first["case_id"] == "1-1-1"
    assert first["methods"]["open_sdg"]["value"] == pytest.approx(0.9525901792032172, rel=1e-14)
    assert first["methods"]["open_sdg"]["score"] == pytest.approx(2.5185563910306596, rel=1e-13)
    assert first["methods"]["germany"] == {
        "rule": "target", "value": None, "category": None, "reason": "no_series",
        "mean_change": None, "last_change": None, "points": None, "projected": None, "miss": None,
    }  # fmt: skip
    assert first["disagreement"] == ["disagree", "compound_linear"]
    assert second["methods"]["open_sdg"]["category"] == "moderate"
    assert (second["target_value"], second["met"], second["limit"]) == (None, None, 100)
    assert second["methods"]["schedule_linear"]["reason"] == "no_target"
    assert third["direction"] == "up"
    assert third["methods"]["eurostat"]["reason"] == "no_deadline"
    assert [list(one["methods"]) for one in (first, second)] == [list(third["methods"])] * 2


def test_table(run):
    code, out, err = run(HEADER + GOOD)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split() == ["case_id", "method", "rule", "value", "category", "reason"]
    assert lines[1].split() == ["1-1-1", "eurostat", "target", "0.9526", "significant"]
    assert len(lines) == 31


def test_a_byte_order_mark_spaces_chinese_and_blank_lines_are_no_faults(run):
    text = HEADER + "能耗 , UP ,2015, 1.0,2020,-2.5e-1,,,\n,,,,,,,,\n\n"
    for raw in (b"\xef\xbb\xbf" + text.encode(), text.encode("gb18030")):
        code, out, _ = run(raw, "--format", "json")
        assert code == 0
        assert json.loads(out)[0]["case_id"] == "能耗"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",up,2015,1,2020,2,,,", "row 2: case_id is empty; give the case an id"),
        ("a,sideways,2015,1,2020,2,,,", "row 2: direction 'sideways' is unknown; use up or down"),
        ("a,up,,1,2020,2,,,", "row 2: base_year is empty; give it"),
        ("a,up,2015,x,2020,2,,,", "row 2: base_value 'x' is no number; write digits"),
        ("a,up,2015,nan,2020,2,,,", "base_value 'nan' is no number"),
        ("a,up,2015,1e999,2020,2,,,", "base_value '1e999' is no number"),
        ("a,up,2015,1,2020.5,2,,,", "year '2020.5' is no year from 1949 to 2100"),
        ("a,up,20155,1,2020,2,,,", "base_year '20155' is no year"),
        ("a,up,2015,1,2014,2,,,", "year 2014 lies before base_year 2015; mend one"),
        ("a,up,2015,1,2020,2,2015,3,", "target_year 2015 is not after base_year 2015; mend"),
        ("a,up,2015,1,2020,2,2030,,", "target_year without target_value; give the value"),
        ("a,up,2015,1,2020,2,,", "8 cells, the header has 9; add the missing commas"),
        ("a,up,2015,1,2020,2,,,\na,up,2015,1,2020,2,,,", "row 3: case_id 'a' stands in row 2"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_row_and_remedy(run, row, message):
    code, out, err = run(HEADER + row + "\n", "--format", "json")
    assert (code, out) == (1, "")
    assert err.startswith("cases.csv ")
    assert message in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "row 1: column 'case_id' is missing; add it"),
        (HEADER, "the file holds no case; add a row below the header"),
        (HEADER.replace("direction", "way") + GOOD, "unknown column 'way'; remove it"),
        (HEADER.replace(",limit", ",limit,limit") + GOOD, "column 'limit' stands there twice"),
        (HEADER.encode("utf-16"), "the file is UTF-16"),
        (HEADER + '"a,up\n', "not a CSV"),
    ],
)
def test_faults_of_the_file(run, text, message):
    code, out, err = run(text)
    assert (code, out) == (1, "")
    assert message in err


def test_every_fault_is_listed_at_once(run):
    code, _, err = run(HEADER + "a,x,2015,1,2020,y,,,\n" + GOOD + "b,up,2015,,2020,2,,,\n")
    assert code == 1
    assert [line.split(":")[0] for line in err.splitlines()] == [
        "cases.csv row 2", "cases.csv row 2", "cases.csv row 6",
    ]  # fmt: skip


def test_a_missing_file_is_told(tmp_path, capsys):
    assert main(["verdict", "--input", str(tmp_path / "none.csv")]) == 1
    assert "none.csv: no such file; check the path" in capsys.readouterr().err
