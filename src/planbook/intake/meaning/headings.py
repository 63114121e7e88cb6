"""What a heading says: a field of an observation, a year, a unit, or what needs no reading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from planbook.intake.meaning.scope import is_observed, is_whole_year, simple, tidy
from planbook.intake.meaning.unit_names import read_unit
from planbook.intake.reading.refusal import Refused
from planbook.text import LANGS, say

# what a heading may say, in either language -> the field of an observation
_HEADINGS: dict[str, tuple[str, ...]] = {
    "indicator": ("indicator", "indicator id", "id", "指标", "指标名称", "指标代码", "指标编号",
                  "名称", "项目", "项目名称", "统计指标", "统计指标名称", "主要指标", "监测指标", "考核指标",
                  "指标名称*", "指标项", "name", "name (zh)", "name (en)",
                  "indicator name"),
    "entity": ("entity", "place", "region", "area", "地区", "地区名称", "区域", "行政区", "行政区划",
               "行政区划名称", "区划", "区划名称", "所在地", "所在地区", "所属地区", "所属区县", "辖区",
               "县区", "区县", "市县", "县市", "市区县", "县市区", "县区市", "区市县", "各县区", "县(区)",
               "县(市)", "市(县)", "区(县)", "县(市、区)", "县(区、市)", "县(市,区)", "县(特区、区)",
               "县(市、特区、区)", "县(市、区、特区)", "市(特区、区)", "单位名称", "county", "counties",
               "district", "city", "location", "place name", "municipality", "territory"),
    "year": ("year", "年份", "年度", "年", "统计年度", "数据年份", "报告年度", "reference year"),
    "value": ("value", "figure", "数值", "数据", "值", "指标值", "本年数值", "本年", "实际值", "实际完成", "实际完成值",
    "实际完成数", "填报值", "报送数据", "年度数据", "全年累计",
              "完成情况", "统计值", "全年", "数量",
              "实际数", "完成数", "完成值", "实绩", "本年实际", "全年数", "统计数", "actual",
              "actual value"),
    "unit": ("unit", "units", "单位", "单位名", "计量单位", "数量单位", "度量单位"),
    "status": ("status", "状态", "数据状态", "数据性质"),
    "published": ("published", "publication date", "date", "发布日期", "公布日期",
                  "发布时间", "公布时间", "date of publication"),
    "source": ("source", "来源", "数据来源", "资料来源", "出处", "依据", "文件名称", "依据文件", "数据出处",
               "来源文件", "文号", "文件", "佐证材料", "数据来源及文号"),
    "locator": ("locator", "page", "table", "页码", "位置", "所在页表", "页表"),
    "note": ("note", "note (en)", "notes", "remark", "remarks", "英文备注", "备注(英文)"),
    "note_zh": ("note_zh", "note (zh)", "备注", "说明", "中文备注", "备注(中文)", "情况说明", "数据说明",
                "附注", "其他说明", "备注说明"),
    "qualifier": ("qualifier", "mark", "限定", "限定词", "标记"),
    # not kept; what they say must agree with how the figure is read
    "period": ("期间", "季度", "月份", "月", "时期", "报告期", "报告期别", "统计期间", "统计时段",
               "时段", "时间段", "期别", "数据期间", "period", "quarter", "month", "reporting period",
               "time period"),
    "nature": ("类别", "类型", "数据类型", "数据类别", "指标类别", "指标类型", "性质", "属性", "指标属性",
               "指标性质", "口径", "统计口径", "type", "kind", "category", "scenario", "series"),
    "office": ("填报单位", "报送单位", "上报单位", "填表单位", "提供单位", "数据提供单位", "报送部门",
               "填报部门", "reporting unit", "reporting office"),
}  # fmt: skip
_FIELD = {simple(heading): name for name, headings in _HEADINGS.items() for heading in headings}
# columns for those who fill in a form; no figure is read with them
_BESIDE = frozenset(map(simple, (
    "序号", "编号", "序", "行号", "行次", "栏次", "no", "no.", "#", "nr", "nr.", "责任单位", "牵头单位",
    "责任部门", "牵头部门", "配合单位", "填表人", "填报人", "报送人", "联系人", "联系电话", "电话", "审核人",
    "负责人", "单位负责人", "填报日期", "填报时间", "指标解释", "指标定义", "定义", "指标含义", "计算方法",
    "计算公式", "联系方式", "填报人及电话", "审核", "数据审核人", "分管领导",
    "更新频率", "填报科室", "排序", "代码", "科室", "处室", "领域", "definition", "contact", "phone",
    "person in charge",
)))  # fmt: skip
_YEAR_HEAD = re.compile(
    r"((?:19|20)\d\d)\s*(?:年度?|年末|年底)?\s*(?:的?(?:实际完成|实绩|实际|完成|统计|全年|快报|年报|"
    r"1\s*[-—~]\s*12\s*月))?(?:数值|数据|数|值|情况)?"
)
_YEARISH = re.compile(r"(?:19|20)\d\d")
_IN_BRACKETS = re.compile(r"(.*?)\s*[(\[【]\s*([^()\[\]【】]*?)\s*[)\]】]\s*")
_AFTER_SIGN = re.compile(r"(.*?)\s*[:,，/]\s*([^:,，]+)")
# in brackets: what changes nothing
_HARMLESS = re.compile(
    r"(?:可)?(?:选填|必填|如有|下拉选择|年月日|年-月-日|yyyy-mm-dd|中文|英文|zh|en|县、?区|市、?区|"
    r"快报数?|初步数?|年报数?|现价|当年价(?:格)?|当年|实际|名称|全称|文件名称?|optional|required)",
    re.I)  # fmt: skip

_SCOPE = re.compile(
    r"(?<![a-z])(?:q[1-4]|[1-4]q|h[12]|[12]h|[369]m|e|f|p|plan(?:ned)?|target|budget|estimated?|"
    r"forecast|"
    r"expected|projected|half|quarter|ytd|growth|change|rate|jan|feb|mar|apr|may|june?|july?|aug|"
    r"sept?|"
    r"oct|nov|dec|january|february|march|april|august|september|october|november|december)(?![a-z])"
)


@dataclass(frozen=True)
class Heading:
    """What one heading says."""

    # of an observation, or ``period``, ``nature``, ``office``; a year as digits; ``beside`` for
    # what needs no reading; ``shown`` for what a template shows only, and ``title_zh``,
    # ``title_en`` for the names it writes; empty where it is not understood
    field: str = ""
    unit: str = ""  # stated in it
    odd: str = ""  # words in its brackets that are neither a unit nor harmless


def read_heading(text: str) -> Heading:
    """Understand a heading; of several lines, the first that says something."""
    lines = [one for one in text.split("\n") if one.strip()]
    if len(lines) > 1:
        whole = _read(" ".join(lines))
        if whole.field:
            return whole
    found = [one for one in map(_read, lines) if one.field]
    if not found:
        return Heading()
    unit = next((one.unit for one in found if one.unit), "")
    odd = next((one.odd for one in found if one.odd), "")
    for line in lines:  # a line of its own may be the unit: 数值\n(万吨)
        if _read(line).field or len(lines) == 1:
            continue
        alone = tidy(line).strip("()[] ")
        if not unit and is_unit(alone):
            unit = alone
        elif not odd and _scope_like(line):
            odd = line.strip()
    return Heading(found[0].field, unit, odd)


def _scope_like(line: str) -> bool:
    plain = simple(line).strip("() ")
    if plain.isascii():
        return bool(_SCOPE.search(plain))
    return not _HARMLESS.fullmatch(plain)


def _read(text: str) -> Heading:
    plain = simple(text).strip(" :")
    if found := _plain_field(plain):
        return Heading(found)
    squeezed = plain.replace(" ", "")
    if found := _plain_field(squeezed):  # 数 值, 年 份
        return Heading(found)
    given = tidy(text).strip(" :")  # with the letters as they are: Mt is not mt
    if inside := _IN_BRACKETS.fullmatch(given):
        name = _plain_field(inside[1].lower()) or _plain_field(inside[1].lower().replace(" ", ""))
        if name:
            return _with(name, inside[2])
    after = _AFTER_SIGN.fullmatch(given)
    name = _plain_field(after[1].lower()) if after else ""
    if after and name and (is_unit(after[2]) or name.isdigit() or name == "value"):
        return _with(name, after[2])
    return Heading()


def _with(name: str, inside: str) -> Heading:
    inside = re.sub(r"^(?:计量)?单位\s*[::]\s*|^unit\s*:\s*", "", inside, flags=re.I).strip()
    if not inside:
        return Heading(name)
    if is_unit(inside) and name not in ("year", "status", "published"):
        return Heading(name, inside)
    if name == "value" and re.search(r"(?:19|20)\d\d", inside):
        return Heading(name, "", inside)  # the row has a year of its own
    if is_observed(inside) or is_whole_year(inside) or _HARMLESS.fullmatch(inside):
        return Heading(name)
    return Heading(name, "", inside)


def _plain_field(plain: str) -> str:
    if plain in _FIELD:
        return _FIELD[plain]
    if plain in _BESIDE:
        return "beside"
    if plain in _titles():
        return _titles()[plain]
    if plain in _shown_only():
        return "shown"
    if found := _YEAR_HEAD.fullmatch(plain):
        return found[1]
    return ""


@cache
def _shown_only() -> frozenset[str]:
    """Give the headings of a template's columns that are for reading only."""
    names = ("definition_zh", "definition_en", "last_year", "last", "last_source", "on_file")
    return frozenset(simple(say(f"intake_head_{name}", lang)) for name in names for lang in LANGS)


@cache
def _titles() -> dict[str, str]:
    """Give the headings under which a template writes an indicator's name."""
    return {
        simple(say(f"intake_head_{name}", lang)): name
        for name in ("title_zh", "title_en")
        for lang in LANGS
    }


def is_yearish(text: str) -> bool:
    """Tell whether a heading that is not understood holds a year."""
    return bool(_YEARISH.search(simple(text)))


@cache
def is_unit(text: str) -> bool:
    """Tell whether a text is a unit that is known, or one that may mean two."""
    try:
        read_unit(text)
    except Refused as refused:
        return refused.rule == "unit_ambiguous"
    return True
