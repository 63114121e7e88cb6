"""Words that say of what a figure is: a place, a part of a year, a plan, a share or a sample.

They may stand wherever people write: in titles, names of files and sheets, headings,
brackets, columns, notes and titles of sources. What is found must agree with how the
figure is read; `planbook.intake.agree` sees to that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from planbook.models import Text

Kind = Literal["place", "period", "kind"]
HIDDEN = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")  # copied along, never seen
OUTSIDE = "outside"  # a place that is neither the city nor one of its counties
PART = "part"  # a part of the city that is no county: 市本级, a park, a firm
WIDER = "wider"  # the province, the nation

_PROVINCES = (
    "北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽",
    "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西",
    "甘肃", "青海", "台湾", "内蒙古", "广西", "西藏", "宁夏", "新疆", "香港", "澳门",
)  # fmt: skip
_PROVINCES_EN = (
    "beijing|tianjin|shanghai|chongqing|hebei|shanxi|liaoning|jilin|heilongjiang|jiangsu|zhejiang|"
    "anhui|fujian|jiangxi|shandong|henan|hubei|hunan|guangdong|hainan|sichuan|guizhou|yunnan|"
    "shaanxi|gansu|qinghai|inner mongolia|guangxi|tibet|ningxia|xinjiang"
)
_WIDER = re.compile(
    rf"(?<![a-z])(?:{_PROVINCES_EN})(?![a-z])|"
    r"全国|全省|我国|中国|国内|省级|全区域|西部地区|长江经济带|china\b|nationwide|national\b|"
    r"province|provincial|" + "|".join(f"{name}(?:省|市|自治区|全省)?" for name in _PROVINCES), re.I | re.A)  # fmt: skip
_PART = re.compile(
    r"市本级|市直|市级(?!部门|单位|各部门)|本级|市辖区|中心城区|主城区|城区(?!域)|建成区|"
    r"开发区|高新区|经开区|工业园|产业园|园区|试点(?!城市)|示范(?:区|县)|重点(?:企业|单位|监控)|"
    r"其中|部分(?:县|区|企业)|\bof which\b|\burban area\b|\bindustrial park\b|\bpilot\b",
    re.I | re.A,
)
_FIRM = re.compile(r"[\u4e00-\u9fff()]{2,}(?:公司|集团|电厂|钢厂|水钢|煤矿|水泥厂|厂区)|\bco\.?,? ?ltd|"
                   r"\bcorporation\b", re.I | re.A)  # fmt: skip
_ELSEWHERE = re.compile(
    r"(?:^|[省\s])((?!全|我|本|各|该|城|园|市|县|工业|开发|不分|分)"
    r"[\u4e00-\u9fff]{2,5}?(?:市|自治州|州|特区|县|区))"
    r"(?=\s*(?:20\d\d|主要|统计|生态|环境|农业|工业|能源|各|$))")  # fmt: skip
_OFFICES = re.compile(
    r"^(?:省|市|自治区)?(?:[\u4e00-\u9fff]{0,8}?)(?:厅|局|委|委员会|办公室|政府|调查队|中心|部|站|院|"
    r"统计年鉴|年鉴)")  # fmt: skip
_RIVER = re.compile(r"河|江|湖|水库|大道|路|街|学院|大学|医院|钢")

_FROM_TO = re.compile(
    r"(\d{1,2})\s*月?(?:份)?\s*(?:-|–|—|―|~|～|至|到|to)+\s*(\d{1,2})\s*月(?:份)?", re.I
)
_MONTH = re.compile(
    r"(?<![\d年.])(?:[1-9]|1[0-2])\s*月(?:份)?(?!\s*\d{1,2}\s*日)|"
    r"(?:^|[^一二三四五六七八九十])(?:[一二三四五六七八九]|十[一二]?)月份|"
    r"\b(?:january|february|march|april|june|july|august|september|october|november|december)\b",
    re.I | re.A)  # fmt: skip
_DATED_MONTH = re.compile(r"((?:19|20)\d\d)\s*(?:年|[-./])\s*(\d{1,2})\s*(?:月(?:份)?|(?!\d))")
_DATE = re.compile(
    r"(?:19|20)\d\d\s*(?:年|[-./])\s*\d{1,2}\s*(?:月|[-./])\s*\d{1,2}\s*日?|"
    r"\d{1,2}\s*月\s*\d{1,2}\s*日"
)
_PERIOD = re.compile(
    r"(?:第?[一二三四1-4]|前[两二三]|首|上|本)个?季度?(?=[^节度]|$)|(?:第?[一二三四1-4]|前[两二三])季度|"
    r"季度|季报|月报|旬报|周报|\bq[1-4]\b|\b[1-4]q\b|\bquarter|\bquarterly\b|\bmonthly\b|"
    r"上半年|下半年|半年|\bh[12]\b|\bhalf[- ]year|\bfirst half\b|\bsecond half\b|"
    r"前[一二三四五六七八九十两\d]+个?月|累计(?!折旧)|\bcumulative\b|\bto date\b|\bytd\b|"
    r"年均|平均每年|每月|月均|\bmonth(?:s)?\b|期间|五年合计", re.I | re.A)  # fmt: skip
_UNTIL = re.compile(r"截至|截止|止于|\bas of\b|\buntil\b", re.I | re.A)
_YEAR_END = re.compile(r"年?\s*(?:底|末|12\s*月(?:\s*(?:31\s*日|底|末))?)|\d{4}年?(?=$|[^\d年月])")
_SPAN = re.compile(
    r"(?:19|20)\d\d\s*年?\s*(?:-|–|—|―|~|～|/|至|到)+\s*(?:(?:19|20)\d\d|\d\d)(?!\d|\s*月)\s*"
    r"(?:年|学年|财年|财政年度|年度)?|"
    r"学年|财年|财政年度|\bfiscal year\b|\bschool year\b|\bfy\s?(?:20)?\d\d\b|[一二三四1-9]+五[”\"]?"
    r"(?:期间|时期)", re.I | re.A)  # fmt: skip
_FULL_YEAR = re.compile(
    r"全年|年度|1\s*月?\s*(?:-|–|—|―|~|～|至|到)+\s*12\s*月|whole year|annual", re.I
)

_PLANNED = re.compile(
    r"计划|规划|目标|预计|预测|预估|预期|测算|拟|任务(?:数|值|量)|考核值|下达|应完成|"
    r"\bplan(?:s|ned)?\b|\btargets?\b|\bforecasts?\b|\bexpected\b|\bprojected\b|\bprojections?\b|"
    r"\bestimate[ds]?\b",
    re.I | re.A,
)
# planned whatever else is said, also in the title of a document
_SURELY_PLANNED = re.compile(
    r"预计|预测|预估|目标值|计划数|计划值|规划目标|计划目标|\bforecasts?\b|\bprojections?\b",
    re.I | re.A,
)
_RATE = re.compile(
    r"完成率|达标率|达成率|完成比例|占(?:年度|全年)?(?:计划|目标)|进度|同比|环比|增速|增长(?!点)|增幅|"
    r"降幅|比上年|较上年|比去年|较去年|比重|占比|占全|所占|份额|排名|位次|"
    r"\bgrowth\b|\byoy\b|\byear[- ]on[- ]year\b|\bper cent of\b|\bshare of\b|\brank\b|"
    r"\bcompletion\b|\bchange\b", re.I | re.A)  # fmt: skip
_SAMPLE = re.compile(
    r"抽样|样本|抽查|典型调查|试算|示例|样表|例表|\bsample\b|\bexample\b", re.I | re.A
)
_DONE = re.compile(
    r"完成情况|完成数|实际|实绩|落实情况|执行情况|进展|\bactual\b|\bprogress\b", re.I | re.A
)
_FINAL = re.compile(r"实际|实绩|完成(?:数|值|量)?|统计|决算|全年|年度|\bactual\b|\bobserved\b|\bfinal\b",
                    re.I | re.A)  # fmt: skip


@dataclass(frozen=True)
class Mention:
    """One thing that a text says of its figures.

    Attributes
    ----------
    kind : {'place', 'period', 'kind'}
    words : str
        As they stand there.
    place : str
        Id of a county, `OUTSIDE`, `PART` or `WIDER`; empty for other kinds.
    """

    kind: Kind
    words: str
    place: str = ""


@cache
def _converter():
    import opencc  # loads its dictionaries when first asked

    return opencc.OpenCC("t2s")


@cache
def tidy(text: str) -> str:
    """Write a text in one way: half-width, simplified characters, single spaces."""
    text = "".join(one for one in text if one not in HIDDEN)
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    text = text.encode("utf-8", "replace").decode()  # halves of surrogate pairs
    return text if text.isascii() else _converter().convert(text)


@cache
def simple(text: str) -> str:
    """Write a text as `tidy` does, in small letters, to compare it with others."""
    return tidy(text).lower()


class Scopes:
    """Finds what texts say of their figures, for one city.

    Parameters
    ----------
    entities : mapping of str to Text
        The city first, then its counties, by id.
    others : mapping of str to iterable of str, optional
        Further names of each: earlier and short ones.
    """

    def __init__(
        self, entities: Mapping[str, Text], others: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        self.city = next(iter(entities))
        self._names: list[tuple[str, str]] = []
        for key, title in entities.items():
            names = {title.zh, short_name(title.zh), title.en, *(others or {}).get(key, ())}
            for name in names:
                if len(name) > 1:
                    self._names.append((simple(name), key))
        self._names.sort(key=lambda one: -len(one[0]))

    def find(self, text: str, *, is_source: bool = False, year: int | None = None) -> list[Mention]:
        """Find what a text says.

        Parameters
        ----------
        text : str
        is_source : bool, optional
            Whether it is the title of a document: its office and date are no scope.
        year : int, optional
            Of the figure, so that a month of another year is a date of publication.

        Returns
        -------
        list of Mention
        """
        plain = simple(text)
        found = [*self._places(plain, is_source), *_periods(plain, is_source, year)]
        return [*found, *_kinds(plain, is_source)]

    def _places(self, text: str, is_source: bool) -> list[Mention]:
        found: dict[str, Mention] = {}
        rest = text
        has_city = False
        for name, key in self._names:
            pattern = re.escape(name)
            if name.isascii():
                pattern = rf"(?<![a-z]){pattern}(?![a-z])"
            for one in re.finditer(pattern, rest):
                after = text[one.end() :]
                if key != self.city and not _RIVER.match(after):
                    found.setdefault(key, Mention("place", one[0], key))
                has_city = has_city or key == self.city
            rest = re.sub(pattern, lambda one: "\0" * len(one[0]), rest)
        for one in _WIDER.finditer(rest):
            after = rest[one.end() :].lstrip()
            # 贵州省六盘水市, 国家统计局…: of whom the city is part, or an office
            if after.startswith("\0") or _OFFICES.match(after) or is_source:
                continue
            found.setdefault(WIDER, Mention("place", one[0], WIDER))
        for one in _ELSEWHERE.finditer(rest) if not is_source else ():
            if not found and not has_city:
                found.setdefault(OUTSIDE, Mention("place", one[1], OUTSIDE))
        firms = _FIRM.finditer(rest) if not is_source else ()
        for one in (*_PART.finditer(rest), *firms):
            if is_source and _OFFICES.match(rest[one.end() :]):
                continue
            found.setdefault(PART, Mention("place", one[0], PART))
        return list(found.values())


def short_name(name: str) -> str:
    """Give a place's name as people say it: 六枝 for 六枝特区, 钟山 for 钟山区."""
    for suffix in ("特区", "自治县", "自治州", "地区", "新区", "市", "区", "县", "州"):
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name.removesuffix(suffix)
    return name


def _periods(text: str, is_source: bool, year: int | None) -> list[Mention]:
    found = []
    rest = text
    for one in _FROM_TO.finditer(text):
        if (int(one[1]), int(one[2])) != (1, 12):
            found.append(one[0])
        rest = rest.replace(one[0], " " if (int(one[1]), int(one[2])) != (1, 12) else "全年")
    if _FULL_YEAR.search(rest):
        rest = rest.replace("累计", " ")
    rest = _DATE.sub(" ", rest)
    if one := _SPAN.search(rest):
        found.append(one[0])
        rest = _SPAN.sub(" ", rest)
    for one in _UNTIL.finditer(text):
        if not _YEAR_END.search(text[one.end() : one.end() + 14]):
            found.append(text[one.start() : one.end() + 10])
    for one in _DATED_MONTH.finditer(rest):
        if int(one[2]) < 12 and (not is_source or year is None or int(one[1]) == year):
            found.append(one[0])
    rest = _DATED_MONTH.sub(" ", rest)
    for pattern in (_PERIOD, _MONTH):
        if (one := pattern.search(rest)) and not (pattern is _MONTH and is_source):
            found.append(one[0])
    return [Mention("period", one.strip()) for one in dict.fromkeys(found)]


def _kinds(text: str, is_source: bool) -> list[Mention]:
    found = []
    planned = _PLANNED.search(text)
    sure = _SURELY_PLANNED.search(text)
    if sure or (planned and not is_source and not _DONE.search(text)):
        found.append((sure or planned)[0])
    for pattern in (_RATE, _SAMPLE):
        if (one := pattern.search(text)) and not (is_source and pattern is _RATE):
            found.append(one[0])
    return [Mention("kind", one) for one in dict.fromkeys(found)]


def is_observed(text: str) -> bool:
    """Tell whether a word of a column such as 类别 says that the figure was observed."""
    plain = simple(text)
    return bool(_FINAL.fullmatch(plain)) or plain in (
        "实际数",
        "实际值",
        "完成数",
        "统计数",
        "决算数",
    )


def is_whole_year(text: str) -> bool:
    """Tell whether a word of a column such as 期间 says that the figure is of the whole year."""
    plain = simple(text).removesuffix("累计").strip()
    whole = re.fullmatch(r"(?:(?:19|20)\d\d\s*年?)?\s*(?:全年|年度|年报|全年度|(?:full|whole) year|annual|year)",
                         plain)  # fmt: skip
    span = _FROM_TO.fullmatch(plain)
    return bool(whole) or (span is not None and (int(span[1]), int(span[2])) == (1, 12))
