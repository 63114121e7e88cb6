"""Questions are asked once: the answer is kept for the same office's same form."""

from __future__ import annotations

import json

import openpyxl
import pytest
import yaml
from openpyxl.comments import Comment

from planbook.cli import intake as cli_intake
from planbook.intake.reading.number_formats import NumberStyle, look_of

from .conftest import everything

FORM = (
    "东区{year}年农业指标,,,,\n填报单位：市农业农村局,,,,\n"
    "指标,年份,数值,单位,来源\n农作物秸秆综合利用率,{year},{value},%,bureau\n"
)
EXTRA = "指标,年份,数值,单位,来源,审核意见\n农作物秸秆综合利用率,{year},{value},%,bureau,已核\n"


def keys(out: str) -> list[str]:
    return [
        one["key"] for one in json.loads(out)["faults"] if one["level"] in ("question", "unread")
    ]


@pytest.fixture
def asked(take, csv):
    """Ask by JSON which keys a text brings up."""

    def asked_(text, name="form.csv"):
        code, out, _ = take(csv(text, name), "--dry-run", "--format", "json")
        assert code == 0
        return keys(out)

    return asked_


def test_a_question_stops_and_its_answer_lets_next_years_form_pass(take, csv, asked, city):
    before = everything(city)
    text = FORM.format(year=2023, value=88.1)
    code, out, err = take(csv(text, "a.csv"), "--yes", "--accept-warnings", "--accept-unread")
    assert code == 1
    assert "are these the figures of 东区" in out
    assert "questions: 1" in err
    assert everything(city) == before
    (key,) = asked(text)
    assert take(csv(text, "a.csv"), "--yes", "--answer", key, "--who", "Li")[0] == 0
    kept = yaml.safe_load((city / "imports" / "answers.yml").read_text("utf-8"))
    assert kept[key]["who"] == "Li"
    assert kept[key]["sender"] == "市农业农村局"
    assert kept[key]["when"]
    rows = (city / "observations" / "agriculture.csv").read_text("utf-8")
    assert "straw_utilisation_rate,east,2023,88.1,%" in rows
    code, out, _ = take(
        csv(FORM.format(year=2024, value=88.6), "b.csv"), "--yes", "--accept-warnings"
    )
    assert code == 0
    assert "by Li" in out
    rows = (city / "observations" / "agriculture.csv").read_text("utf-8")
    assert "straw_utilisation_rate,east,2024,88.6,%" in rows


def test_another_office_or_form_is_asked_anew(take, csv, asked):
    text = FORM.format(year=2023, value=88.1)
    (key,) = asked(text)
    assert take(csv(text), "--yes", "--answer", key)[0] == 0
    assert asked(text.replace("2023", "2024").replace("市农业农村局", "市统计局"))
    assert asked(text.replace("2023", "2024").replace("来源\n", "数据来源\n"))
    assert not asked(text.replace("2023", "2024"))


def test_what_is_unread_may_be_left_out_once_and_for_next_year(take, csv, asked, city):
    text = EXTRA.format(year=2023, value=88.1)
    code, out, _ = take(csv(text), "--yes")
    assert code == 1
    assert "the column '审核意见' is not understood: 2 cells" in out
    (key,) = asked(text)
    assert take(csv(text), "--yes", "--answer", key)[0] == 0
    assert not asked(text.replace("2023", "2024"))
    assert asked(text.replace("2023", "2024").replace("审核意见", "另一列"))


def test_accepting_once_is_no_answer_for_next_year(take, csv, asked, city):
    text = EXTRA.format(year=2023, value=88.1)
    assert take(csv(text), "--yes", "--accept-unread")[0] == 0
    assert not (city / "imports" / "answers.yml").exists()
    assert asked(text.replace("2023", "2024"))


def test_a_key_that_nothing_asks_for_is_refused(take, csv, city):
    before = everything(city)
    code, _, err = take(csv(FORM.format(year=2023, value=88.1)), "--yes", "--answer", "0badc0de")
    assert code == 1
    assert "0badc0de" in err
    assert everything(city) == before


@pytest.mark.parametrize(("answers", "is_written"), [(["y", "y"], True), (["y", "n"], False),
                                                     (["n"], False)])  # fmt: skip
def test_an_analyst_is_asked_at_a_terminal(take, csv, city, monkeypatch, answers, is_written):
    before, given, said = everything(city), iter(answers), []
    monkeypatch.setattr(cli_intake, "_can_ask", lambda _: True)

    def answer(question):
        said.append(question)
        return next(given)

    monkeypatch.setattr("builtins.input", answer)
    code, _, _ = take(csv(FORM.format(year=2023, value=88.1)))
    assert (code == 0) == is_written
    assert (everything(city) != before) == is_written
    assert (city / "imports" / "answers.yml").exists() == is_written
    assert "东区" in said[0]
    assert len(said) == len(answers)


def test_a_broken_file_of_answers_is_one_clear_error(take, csv, city):
    (city / "imports").mkdir(exist_ok=True)
    (city / "imports" / "answers.yml").write_text("abc:\n  rule: x\n  colour: red\n", "utf-8")
    code, _, err = take(csv(FORM.format(year=2023, value=88.1)), "--yes")
    assert code == 1
    assert "answers.yml" in err
    assert "colour" in err


def test_undo_takes_the_answer_back(take, run, csv, asked, city):
    text = FORM.format(year=2023, value=88.1)
    before = {name: raw for name, raw in everything(city).items() if "imports" not in name}
    (key,) = asked(text)
    assert take(csv(text), "--yes", "--answer", key)[0] == 0
    assert run("import", "--undo")[0] == 0
    assert not (city / "imports" / "answers.yml").exists()
    assert asked(text) == [key]
    assert {n: raw for n, raw in everything(city).items() if "imports" not in n} == before


def test_an_answer_does_not_hold_for_what_a_column_says_later(take, csv, asked):
    text = EXTRA.format(year=2023, value=88.1)
    (key,) = asked(text)
    assert take(csv(text), "--yes", "--answer", key)[0] == 0
    assert asked(text.replace("2023", "2024").replace("已核", "实为1-6月数"))


def test_the_copy_marks_what_was_not_understood(take, csv, tmp_path):
    out = tmp_path / "marked.xlsx"
    take(csv(EXTRA.format(year=2023, value=88.1)), "--dry-run", "--annotate", out)
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert sheet["F1"].comment and sheet["F2"].comment
    assert sheet["F2"].fill.fgColor.rgb == sheet["F1"].fill.fgColor.rgb != "00000000"
    assert not sheet["C2"].comment


@pytest.mark.parametrize(
    ("number_format", "value", "look"),
    [
        ("General", 1, NumberStyle()), ("0.00", 1, NumberStyle()), ("#,##0", 1, NumberStyle()), ("#,##0.0_);(#,##0.0)", -1, NumberStyle()),
        ("0.0%", 1, NumberStyle(is_percent=True)), ('0.0"%"', 1, NumberStyle(after="%")), ('0"万吨"', 1, NumberStyle(after="万吨")),
        ("0,", 1, NumberStyle(is_scaled=True)), ("0.0,,", 1, NumberStyle(is_scaled=True)), ("0!.0000", 1, NumberStyle(is_scaled=True)),
        ("0\\.0000", 1, NumberStyle(is_scaled=True)), ('0"."0000"万"', 1, NumberStyle(is_scaled=True, after="万")),
        (";;;", 1, NumberStyle(is_hidden=True)), ('"-"', 1, NumberStyle(is_hidden=True)), ("0;;", 0, NumberStyle(is_hidden=True)),
        ("0;;", 1, NumberStyle()), ("[White]0.0", 1, NumberStyle(is_hidden=True)), ("[Red]0.0", 1, NumberStyle()),
        ('"约"0', 1, NumberStyle(before="约")), ("¥#,##0", 1, NumberStyle()), ("[$-804]0.0", 1, NumberStyle()),
        ('[>=10000]0!.0,"万";0', 1, NumberStyle(is_scaled=True, after="万")), ("# ##0", 1, NumberStyle()), ("0.0E+00", 1, NumberStyle()),
    ],
)  # fmt: skip
def test_a_number_format_shows_a_number(number_format, value, look):
    assert look_of(number_format, value) == look


def test_words_outside_of_the_rows_are_told(take, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["指标", "年份", "数值", "单位", "来源"],
                ["农作物秸秆综合利用率", 2024, 88.1, "%", "bureau"], ["注：数据来自年报"]):  # fmt: skip
        sheet.append(row)
    sheet["C1"].comment = Comment("1-6月累计", "office")
    path = tmp_path / "form.xlsx"
    book.save(path)
    code, out, _ = take(path, "--yes", "--accept-unread")
    assert code == 1
    assert out.count("speaks of '1-6月'") == 1
    assert out.count("not kept with the figures") == 2
    sheet["C1"].comment = None
    sheet.oddHeader.center.text = "东区2024年上半年"
    book.save(path)
    code, out, _ = take(path, "--yes", "--accept-unread")
    assert (code, "speaks of '东区'" in out, "speaks of '上半年'" in out) == (1, True, True)


@pytest.mark.parametrize(("day", "stops"), [("2024年7月5日", True), ("2025年3月5日", False)])
def test_a_form_signed_in_july_holds_no_figure_of_its_year(take, csv, day, stops):
    text = f"指标,年份,数值,单位,来源\n农作物秸秆综合利用率,2024,88.1,%,bureau\n填表人：张三,,报出日期：{day},,\n"
    code, out, _ = take(csv(text), "--yes", "--accept-unread")
    assert (code == 1) == stops, out
