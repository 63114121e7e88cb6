"""Observations: every fault of every row, encodings, vintages."""

from pathlib import Path

import pandas as pd
import pytest

from planbook.data.catalog import Department, load_catalog
from planbook.data.observations import (
    COLUMNS,
    OPTIONAL_COLUMNS,
    Source,
    check_rows,
    known_in,
    read_rows,
)
from planbook.errors import DataError

CATALOG = """
waste_rate:
  title: {en: Waste rate, zh: 利用率}
  unit: "%"
  direction: up
  kind: share
  bounds: [0, 100]
  definition: {en: Share., zh: 比例。}
  department: ecology_environment
waste_complement:
  title: {en: Rest, zh: 其余}
  unit: "%"
  direction: down
  kind: share
  bounds: [0, 100]
  definition: {en: Rest., zh: 其余。}
  department: ecology_environment
  derive: {op: complement, of: [waste_rate]}
"""
HEADER = ",".join([*COLUMNS, *OPTIONAL_COLUMNS])
GOOD = "waste_rate,town,2020,61.5,%,final,2021-05,yearbook,table 3,,,"
TEXT = {"en": "x", "zh": "x"}
SOURCES = {"yearbook": Source(producer=TEXT, title=TEXT, accessed="2024", licence=TEXT)}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    folder = tmp_path_factory.mktemp("catalog")
    (folder / "waste.yml").write_text(CATALOG, encoding="utf-8")
    return load_catalog(folder, {"ecology_environment": Department(en="E", zh="环")})


def check(path: Path, catalog):
    return check_rows(read_rows(path, path.parent), catalog, entities=["town"], sources=SOURCES)


def write(folder: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path = folder / "waste.csv"
    path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
    return path


def test_good_rows_get_their_types(tmp_path, catalog):
    frame = check(write(tmp_path, GOOD), catalog)
    assert frame[["year", "value"]].to_dict("records") == [{"year": 2020, "value": 61.5}]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("%", "kt", "waste.csv row 2: unit 'kt', catalogue says '%'; convert the value"),
        ("waste_rate", "wast_rate", "waste.csv row 2: unknown indicator 'wast_rate'; mend the id"),
        ("61.5", "61,5", "waste.csv row 2: 13 cells, the header has 12"),
        ("61.5", "about 60", "waste.csv row 2: value 'about 60' is no number; write digits only"),
        ("61.5", "615", "waste.csv row 2: value 615 % is outside [0, 100]; check the figure"),
        ("61.5", "nan", "waste.csv row 2: value 'nan' is no number"),
        ("61.5", "1e999", "waste.csv row 2: value '1e999' is not finite"),
        ("2020", "20", "waste.csv row 2: '20' is no year from 1949 to 2100"),
        ("final", "sure", "waste.csv row 2: status 'sure' is unknown; use one of final"),
        ("yearbook", "hearsay", "waste.csv row 2: unknown source 'hearsay'; name one of"),
        ("yearbook", "", "waste.csv row 2: the source is missing"),
        ("2021-05", "May 2021", "waste.csv row 2: published 'May 2021' is no date"),
        ("town", "china", "waste.csv row 2: entity 'china' does not belong in this file"),
        ("final,2021-05", "revised,", "waste.csv row 2: a revised figure without a date"),
        ("waste_rate", "waste_complement", "waste.csv row 2: 'waste_complement' is computed from"),
        ("table 3,,", "table 3,note,", "the note stands in one language only"),
    ],
)
def test_each_fault_is_named_with_row_and_remedy(tmp_path, catalog, old, new, message):
    assert old in GOOD
    with pytest.raises(DataError) as caught:
        check(write(tmp_path, GOOD.replace(old, new, 1)), catalog)
    assert message in str(caught.value)


def test_a_duplicate_year_is_an_error(tmp_path, catalog):
    with pytest.raises(DataError, match="row 3: waste_rate of town for 2020 stands in row 2, too"):
        check(write(tmp_path, GOOD, GOOD.replace("61.5", "62")), catalog)


def test_all_faults_are_told_at_once(tmp_path, catalog):
    with pytest.raises(DataError) as caught:
        check(write(tmp_path, GOOD.replace("%", "t"), GOOD.replace("61.5", "x")), catalog)
    assert [problem.place for problem in caught.value.problems] == ["row 2", "row 3"]


def test_a_missing_and_an_unknown_column_are_named(tmp_path, catalog):
    header = HEADER.replace("unit", "units")
    with pytest.raises(DataError) as caught:
        check(write(tmp_path, GOOD, header=header), catalog)
    assert "column 'unit' is missing; add it" in str(caught.value)
    assert "unknown column 'units'" in str(caught.value)


def test_a_blank_value_is_missing_and_never_zero(tmp_path, catalog):
    assert check(write(tmp_path, GOOD.replace("61.5", "")), catalog).empty


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_what_excel_writes_in_china_is_read(tmp_path, catalog, encoding):
    row = GOOD.replace("table 3,,", "表3,in Chinese,中文备注")
    frame = check(write(tmp_path, row, encoding=encoding), catalog)
    assert frame.at[0, "note_zh"] == "中文备注"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\xff\xfei\x00n\x00", "the file is UTF-16; save it as 'CSV UTF-8'"),
        (b"PK\x03\x04\x00\x00", "NUL bytes, so it is no CSV"),
        (b"\xff\xff\xff\xff", "the encoding is neither UTF-8 nor GBK/GB18030"),
        (b"", "the file is empty; restore its header row"),
        (b'indicator,"entity\n', "not valid CSV"),
    ],
)
def test_other_files_are_refused(tmp_path, catalog, raw, message):
    path = tmp_path / "waste.csv"
    path.write_bytes(raw)
    with pytest.raises(DataError, match=message.replace("(", r"\(")):
        check(path, catalog)


def test_a_revision_keeps_the_earlier_figure_and_as_of_replays_it(tmp_path, catalog):
    later = GOOD.replace("61.5", "60.9").replace("final,2021-05", "revised,2023-05")
    frame = check(write(tmp_path, GOOD, later), catalog)
    before = frame.copy(deep=True)
    assert known_in(frame, 2022)["value"].tolist() == [61.5]
    assert known_in(frame, 2023)["value"].tolist() == [60.9]
    assert known_in(frame, 2020).empty
    pd.testing.assert_frame_equal(frame, before)


def test_an_undated_figure_is_known_from_the_year_after(tmp_path, catalog):
    frame = check(write(tmp_path, GOOD.replace("2021-05", "")), catalog)
    assert known_in(frame, 2020).empty
    assert len(known_in(frame, 2021)) == 1


def test_a_modelled_estimate_is_revised_by_an_estimate_and_never_by_a_figure(tmp_path, catalog):
    first = GOOD.replace("final,2021-05", "modelled,2021-05")
    later = "waste_rate,town,2020,60.9,%,modelled,2023-02,yearbook,,,,"
    frame = check(write(tmp_path, first, later), catalog)
    assert known_in(frame, 2022)["value"].tolist() == [61.5]
    assert known_in(frame, 2023)[["value", "status"]].values.tolist() == [[60.9, "modelled"]]
    rule = "row 3: waste_rate of town for 2020: a modelled estimate and a figure stand for one"
    with pytest.raises(DataError, match=rule):
        check(write(tmp_path, first, later.replace("modelled", "revised")), catalog)
    with pytest.raises(DataError, match="stands in row 2, too"):
        check(write(tmp_path, first, later.replace("2023-02", "")), catalog)
