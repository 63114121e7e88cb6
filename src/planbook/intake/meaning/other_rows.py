"""Rows that hold no figure: unit lines, notes, signatures, numbers of columns, section headings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from planbook.intake.meaning.headings import is_unit
from planbook.intake.meaning.scope import simple
from planbook.intake.reading.grid import Cell

_UNIT_LINE = re.compile(
    r"([\u4e00-\u9fff]*)单位\s*(?:[:：]|均?为|均?是|(?=\s*\S+\s*$))\s*([^\s:：。]+(?:\s*/\s*[%％])?)|"
    r"\bunits?\s*:\s*(\S.*)",
    re.I,
)
_UNIT_WORDS = ("", "计量", "数量", "金额", "本表", "指标", "统计", "表中", "数据", "本表数据", "表中数据",
               "数值", "以上数据", "上述数据", "以下", "以上")  # fmt: skip
_SENDER = re.compile(
    r"(?:填报|报送|上报|填表|制表|编制|报表|提供|责任|报告|呈报|送报|主管|牵头|填写)"
    r"(?:单位|部门|机构|科室|处室)?(?:名称)?(?:\((?:盖章|公章|章)\))?\s*[:：]\s*(\S.*)?|"
    r"单位名称\s*(?:\((?:盖章|公章)\))?\s*[:：]\s*(\S.*)?|"
    r"(?:reported|submitted|filled in|prepared) by\s*:\s*(\S.*)?|reporting (?:unit|"
    r"office)\s*:\s*(\S.*)?",
    re.I)  # fmt: skip
_SIGNATURE = re.compile(
    r"^(?:单位负责人|统计负责人|分管领导|主要负责人|负责人|部门负责人|填表人|填报人|制表人|经办人|审核人|复核人|审批人|"
    r"联系人|联系电话|电话|手机|传真|邮箱|电子邮箱|e-?mail|填报日期|填报时间|填表日期|报出日期|报送日期|报送时间|"
    r"上报时间|上报日期|制表日期|制表时间|打印日期|打印时间|日期|签字|签名|盖章|\(?盖章\)?|公章|单位公章|表号|制定机关|"
    r"批准机关|批准文号|文号|备案文号|有效期至|有效期|组织机构代码|统一社会信用代码|密级|"
    r"signed|signature|date|phone|contact|approved|checked|prepared)"
    r"(?:\([^)]*\))?\s*(?:[:：].*)?$", re.I)  # fmt: skip
_NUMBERING = re.compile(
    r"^(?:附件|附表|表|附)\s*[\d一二三四五六七八九十]*(?:[-—.]\d+)*\s*[:：]?$|"
    r"^第?\s*\d+\s*页(?:[,，/\s]*共?\s*\d+\s*页)?$|"
    r"^续表\s*[\d一二三四五六七八九十]*$|^table\s*\d+\.?$|^annex\s*\d*$|^-+\s*\d+\s*-+$|^甲$|"
    r"^page \d+(?: of \d+)?$", re.I)  # fmt: skip
_NOTE = re.compile(
    r"^(?:\*|※|①|1[.、)]|备?注|附注|说明|备注|口径说明|指标说明|填报说明|填表说明|notes?|remarks?|n\.b\.)\s*\d*\s*"
    r"(?:[:：.、,，]|(?=\S))", re.I)  # fmt: skip
_SOURCE = re.compile(r"^(?:资料来源|数据来源|来源|出处|sources?)\s*[:：]\s*(\S.*)$", re.I)
_ABOVE = re.compile(r"^[(（]?(?:以上|上述|上表|上列|本表|表中|全表|所填|所列)")
_UNIT_ALONE = re.compile(r"[(\[【]\s*([^()\[\]【】]+?)\s*[)\]】]")
_TITLE_UNIT = re.compile(
    r"[(（\[【]\s*(?:计量|数量)?(?:单位\s*[:：]\s*)?([^()（）\[\]【】]+?)\s*[)）\]】]"
)
_COUNTING = re.compile(r"甲|乙|丙|丁|戊|[a-z]|\(?\d{1,2}\)?", re.I)


def unit_of_line(text: str) -> str:
    """Give the unit that a line such as ``单位：万吨`` states, or an empty text."""
    alone = _UNIT_ALONE.fullmatch(text.strip())
    if alone and is_unit(alone[1]):
        return alone[1]
    for found in _UNIT_LINE.finditer(text):
        if found[3]:
            return found[3].strip(" )）]】。;；")
        has_sign = re.match(r".*单位\s*(?:[:：]|均?为|均?是)", found[0])
        if found[1].strip() in _UNIT_WORDS and (has_sign or is_unit(found[2].strip(" )）】。"))):
            return found[2].strip(" )）]】。;；")
    return ""


def unit_of_title(text: str) -> str:
    """Give the unit in the brackets of a title: 工业固体废物情况（万吨）."""
    units = [one.strip() for one in _TITLE_UNIT.findall(text) if is_unit(one.strip())]
    return units[0] if len(units) == 1 else ""


def sender_of_line(text: str) -> str | None:
    """Give who sends a form, by a line such as ``填报单位：…``; None where it says nothing of it."""
    found = _SENDER.search(text)
    if not found:
        return None
    said = next((one for one in found.groups() if one), "")
    return re.split(r"\s{2,}|\s*(?:填表|填报|报送|审核|联系|单位)[^:：]{0,4}[:：]", said)[0].strip()


def is_signature(text: str) -> bool:
    """Tell whether a text is a signature, a date of filling in, a number of the form."""
    return bool(_SIGNATURE.match(text.strip()) or _NUMBERING.match(text.strip()))


def is_form_line(text: str) -> bool:
    """Tell whether a cell belongs to the form: a signature, who sends it, a unit of the table."""
    return is_signature(text) or sender_of_line(text) is not None or bool(unit_of_line(text))


def is_note(text: str) -> bool:
    """Tell whether a text is a note below a table."""
    return bool(_NOTE.match(text.strip()) or _ABOVE.match(text.strip()))


def source_of_line(text: str) -> str:
    """Give the document of a line such as ``资料来源：…``, or an empty text."""
    found = _SOURCE.match(text.strip())
    return found[1].strip() if found else ""


def is_counting(cells: Mapping[int, Cell]) -> bool:
    """Tell whether a row only numbers the columns: 甲 乙 1 2 3."""
    texts = [simple(cell.text) for cell in cells.values()]
    if len(texts) < 3 or not all(_COUNTING.fullmatch(one) for one in texts):
        return False
    numbers = [int(one.strip("()")) for one in texts if one.strip("()").isdecimal()]
    return len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def is_words(cells: Sequence[Cell]) -> bool:
    """Tell whether cells hold words only: no number that could be a figure."""
    return all(cell.kind == "s" and not _NUMBER.fullmatch(simple(cell.text)) for cell in cells)


_NUMBER = re.compile(r"[-+]?[\d.,\s]*\d[\d.,\s]*%?")
