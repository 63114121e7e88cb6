"""Words that say of what a figure is: a place, a part of a year, a plan, a share or a sample.

They may stand wherever people write: in titles, names of files and sheets, headings,
brackets, columns, notes and titles of sources. What is found must agree with how the
figure is read; `planbook.intake.meaning.agreement` sees to that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from planbook.files.records import Text

Kind = Literal["place", "period", "kind", "year"]
HIDDEN = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")  # copied along, never seen
OUTSIDE = "outside"  # a place that is neither the city nor one of its counties
LOUD = ("file", "sheet", "title", "sender", "section", "heading")  # name what the figures are
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
    "shaanxi|gansu|qinghai|inner mongolia|guangxi|tibet|ningxia|xinjiang|china"
)
_FLAGS = re.I | re.A  # \b is the edge of a Latin word, also beside a Chinese character
_HOME = re.compile(
    rf"(?<![a-z])(?:{_PROVINCES_EN})(?: province)?(?![a-z])|中国|我国|"
    + "|".join(f"{name}(?:省|市|自治区)?" for name in _PROVINCES), _FLAGS)  # fmt: skip
_WIDER = re.compile(
    r"全国|全省|省级(?!核定|下达|考核|部门|生态|以上)|全区域|\bnationwide\b|\bnational\b(?! bureau)|"
    r"\bprovince\b|\bprovincial\b", _FLAGS)  # fmt: skip
_PART = re.compile(
    r"市本级|市直(?!部门|机关|单位|各部门)|本级|市辖区|中心城区|主城区|城区(?!域)|建成区|城镇(?!化)|(?<!农业)农村(?!局)|"
    r"开发区|高新区|经开区|工业园|产业园|园区|试点(?!城市)|示范(?:区|县)|重点(?:企业|单位|监控)|国控|省控|(?:工业|农业|生活|移动)源|"
    r"规模以上|规上|以上企业|(?:省属|中央|市属|国有)企业|街道|(?<!城)镇(?=\d|$|[\u4e00-\u9fff]*(?:固|废|统计|数据))|"
    r"部分(?:县|区|企业)|不含|不包括|剔除|扣除|除[\u4e00-\u9fff]{2,6}外|\burban\b(?! construction| management)|"
    r"\brural\b(?! affairs| development| revitali)|\bof which\b|"
    r"\bindustrial park\b|\bpilot\b|above[- ]scale|designated size|"
    r"\bexcluding\b", _FLAGS)  # fmt: skip
_PART_OF = re.compile(r"其中")
_FIRM = re.compile(
    r"[\u4e00-\u9fff()]{2,}(?:公司|集团|股份|电厂|钢厂|水钢|煤矿|水泥厂|厂区)|^[\u4e00-\u9fff]钢$|水钢|"
    r"\bco\.?,? ?ltd\b|\bcorporation\b|\bcompany\b", _FLAGS)  # fmt: skip
# another place of the country, by the form of its name
_ELSEWHERE = re.compile(
    r"(?:^|[省\s\d年的、(])((?!全|我|本|各|该|城|园|市|县|年|工业|开发|不分|分|数据|由|为|按|报|及|和|与|度)"
    r"[\u4e00-\u9fff]{2,3}?(?:(?<!城)市|自治州|特区|县|区))(?!域|别|间|级|直|分|划|局|委|政府|统计局)|"
    r"(?:^|[省\s])((?!全|我|本|各|该|城|园|市|县)[\u4e00-\u9fff]{2,4}(?:市|县|区|州))"
    r"(?=[\u4e00-\u9fff]{2,8}(?:局|委|政府|办公室|年鉴|公报))|"
    r"\b(?!this |the |our |whole |entire |each |every |per )[a-z]+ (?:city|county|district|"
    r"prefecture)\b", _FLAGS)  # fmt: skip
_CODE = re.compile(r"行政区划代码\s*[:：]?\s*\d{4}(?!00)\d{2}")
_OFFICES = re.compile(
    r"^(?:省|市|自治区)?(?:[\u4e00-\u9fff]{0,8}?)(?:厅|局|委|委员会|办公室|政府|调查队|中心|部|站|院|"
    r"统计年鉴|年鉴)")  # fmt: skip
_RIVER = re.compile(r"河|江|湖|水库|大道|路|街(?!道)|学院|大学|医院|钢")

_ONE_TO_TWELVE = "元一二三四五六七八九十"
_FROM_TO = re.compile(
    r"(?<![\d.])(\d{1,2})\s*月?(?:份)?\s*(?:-|–|—|―|~|～|至|到|to)+\s*(\d{1,2})\s*月(?:份)?", re.I
)
_FROM_TO_WORDS = re.compile(
    rf"[{_ONE_TO_TWELVE}]{{1,2}}\s*(?:至|到|-|—|~)+\s*([{_ONE_TO_TWELVE}]{{1,2}})月(?:份)?"
)
_MONTHS_EN = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_MONTH = re.compile(
    r"(?<![\d年.])(?:[1-9]|1[0-2])\s*月(?:份)?(?!\s*\d{1,2}\s*日)|"
    r"(?:^|[^一二三四五六七八九十])(?:[一二三四五六七八九]|十[一二]?)月份|"
    rf"\b(?:{_MONTHS_EN})\b", _FLAGS)  # fmt: skip
_DATED_MONTH = re.compile(
    r"((?:19|20)\d\d)\s*(?:年|[-./])\s*(1[0-2]|0?[1-9])\s*(?:月(?:份)?|(?![\d月]))|"
    rf"\b(?:{_MONTHS_EN})\.?,? ((?:19|20)\d\d)\b|(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(?!\d)",
    _FLAGS,
)
_DATE = re.compile(
    r"(?:19|20)\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日?|(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}(?!\d)|"
    r"\d{1,2}\s*月\s*\d{1,2}\s*日|(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d(?!\d)|"
    rf"\b\d{{1,2}} (?:{_MONTHS_EN})\b(?:,? (?:19|20)\d\d)?|\b(?:{_MONTHS_EN}) \d{{1,2}}\b,?"
    r"(?: (?:19|20)\d\d)?", _FLAGS)  # fmt: skip
_PERIOD = re.compile(
    r"(?:第?[一二三四1-4]|前[两二三]|首|上|本)个?季度?(?=[^节度]|$)|(?:第?[一二三四1-4]|前[两二三])季度|"
    r"季度|季报|月报(?!制度)|旬报|周报|(?<![a-z])(?:q[1-4]|[1-4]q|h[12]|[12]h|[369]m)(?![a-z])|"
    r"\bquarter|\bmonthly\b|上半年|下半年|半年|年中(?!期)|\bhalf[- ]year|\b(?:first|second) half\b|"
    r"前[一二三四五六七八九十两\d]+个?月|累计(?!折旧)|本月|当月|月均|月平均|日均|日平均|年初至今|采暖季|"
    r"\bmid[- ]year\b|\bdaily\b|\bcumulative\b|\bto date\b|\bytd\b|近[一二三四五两\d]+年|"
    r"年均|平均每年|每月|\bmonths?\b|期间|五年合计", _FLAGS)  # fmt: skip
_UNTIL = re.compile(r"截至|截止|止于|\bas of\b|\buntil\b", _FLAGS)
_YEAR_END = re.compile(
    r"年?\s*(?:底|末|12\s*月(?:\s*(?:31\s*日|底|末))?)|\d{4}年?(?=$|[^\d年月])|31 dec|end of",
)
_SPAN = re.compile(
    r"((?:19|20)\d\d)\s*年?\s*(?:-|–|—|―|~|～|/|至|到)+\s*((?:19|20)\d\d|\d\d)(?!\d|\s*月|号)\s*"
    r"(?:年|学年|财年|财政年度|年度)?")  # fmt: skip
_OTHER_YEAR = re.compile(
    r"学年|财年|财政年度|\bfiscal year\b|\bschool year\b|\bfy\s?(?:20)?\d\d|[一二三四1-9]+五[”\"]?"
    r"(?:期间|时期)", _FLAGS)  # fmt: skip
_EARLIER = re.compile(
    r"(?:沿用|暂用|采用|使用|参考|参照|代用|用|为)\s*(?:上年|去年|((?:19|20)\d\d)\s*年)|(?:上年|去年)数(?:据)?"
)
_FULL_YEAR = re.compile(
    r"全年|年度|1\s*月?\s*(?:-|–|—|―|~|～|至|到)+\s*12\s*月|whole year|annual", re.I
)
_YEARS = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*(?:年(?!鉴)(?:度|末|底)?|(?=[\u4e00-\u9fff])(?!年))(?!\s*\d{1,2}\s*月)"
)

_PLANNED = re.compile(
    r"计划|规划(?!指标)|目标|拟|任务(?:数|值|量|分解)|指标分解|考核值|应完成|预算|控制数|草案|送审稿|讨论稿|考核要求|征求意见|"
    r"设计能力|许可|上限值|情景|展望|\bplan(?:s|ned)?\b|\btargets?\b|\bbudget\b|\boutlook\b|\bscenarios?\b|"
    r"\bdraft\b|\bestimate[ds]?\b|(?<=\d)e\b", _FLAGS)  # fmt: skip
# planned whatever else is said, also in the title of a document
_SURELY_PLANNED = re.compile(
    r"预计|预测|预估|预期(?!性)|预报|测算|推算|估算|理论值|目标(?:值|数)|计划(?:数|值|完成|目标)|规划目标|工作计划|预算|"
    r"\bforecasts?\b|\bprojections?\b|\bprojected\b|\bexpected\b", _FLAGS)  # fmt: skip
_RATE = re.compile(
    r"完成率|达标率|达成率|完成比例|占(?:年度|全年)?(?:计划|目标)|进度|同比|环比|增速|增长(?!点)|增幅|增减|变化率|"
    r"降幅|比上年|较上年|比去年|较去年|比重|占比|占全|所占|份额|排名|位次|人均|增量|现价|当年价|可比价|不变价|上年=100|净增|削减量|最大值|"
    r"\bgrowth\b|\byoy\b|\byear[- ]on[- ]year\b|\bper cent of\b|\bshare of\b|\brank\b|"
    r"\bper capita\b|"
    r"\bcompletion\b", _FLAGS)  # fmt: skip
_SAMPLE = re.compile(
    r"抽样|样本|抽查|典型调查|试算|示例|样表|例表|待核实|有误|假设|模拟|年化|折年|\bsample\b|\bexample\b",
    _FLAGS,
)
_DONE = re.compile(
    r"完成情况|完成数|任务完成|目标完成|已完成|实际|实绩|落实情况|执行情况|进展|\bactual\b|\bprogress\b",
    _FLAGS,
)
_FINAL = re.compile(
    r"(?:全年)?(?:实际|实绩)(?:完成)?(?:数|值|量)?|完成(?:数|值|量)?|统计(?:数|值)?|决算(?:数|值)?|全年|年度|"
    r"(?:快报|年报|初步|初步核算|正式|最终|最终核实|监测|环境统计)(?:数|值)?|全口径|actual|observed|final|"
    r"provisional", _FLAGS)  # fmt: skip


_FEW_WORDS = 2  # Latin words of a file's name that may be a label such as isw_plan


@dataclass(frozen=True)
class Mention:
    """One thing that a text says of its figures."""

    kind: Kind
    words: str  # as they stand there
    place: str = ""  # id of a county, `OUTSIDE`, `PART` or `WIDER`; empty for other kinds
    years: tuple[int, ...] = ()  # first and last year of a span, or the year that is named


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
    """Finds what texts say of their figures, for one city."""

    def __init__(
        self, entities: Mapping[str, Text], others: Mapping[str, Iterable[str]] | None = None,
        elsewhere: Iterable[str] = (), labels: Iterable[str] = (),
    ) -> None:  # fmt: skip
        self.city = next(iter(entities))
        self._names: list[tuple[str, str]] = []
        for key, title in entities.items():
            names = {title.zh, short_name(title.zh), title.en, *(others or {}).get(key, ())}
            for name in names:
                if len(name) > 1:
                    self._names.append((simple(name), key))
        own = {name for name, _ in self._names}
        self._names += [
            (simple(name), OUTSIDE)
            for full in elsewhere
            for name in (full, short_name(full))
            if len(name) > 1 and simple(name) not in own
        ]
        self._names.sort(key=lambda one: -len(one[0]))
        self._labels = re.compile(r"(?!)")
        misread = [simple(one.replace("_", " ")) for one in labels if self.find(one, "file")]
        if misread:
            patterns = [re.escape(one) for one in sorted(misread, key=len, reverse=True)]
            self._labels = re.compile(rf"(?<![a-z])(?:{'|'.join(patterns)})(?![a-z])")

    def find(
        self, text: str, where: str = "title", year: int | None = None, names: Iterable[str] = ()
    ) -> list[Mention]:
        """Find what a text says, passing over the words of `names`, written as `simple` does."""
        plain = self._labels.sub("\0", simple(text.replace("_", " ")))
        for name in names:
            plain = plain.replace(name, "\0")
        found = self._places(plain, where)
        if where == "file" and len(re.findall(r"[a-z]+", plain)) > _FEW_WORDS:
            plain = re.sub(r"[a-z]+", " ", plain)  # a sentence of its own, no label
        found += [*_periods(plain, where, year), *_kinds(plain, where)]
        if where in (*LOUD, "source"):
            years = {int(one[1]) for one in _YEARS.finditer(_SPAN.sub(" ", _DATE.sub(" ", plain)))}
            if bare := re.fullmatch(r"(?:19|20)\d\d", plain):
                years = {int(bare[0])}
            if len(years) == 1:
                (only,) = years
                found.append(Mention("year", str(only), years=(only,)))
        return found

    def _places(self, text: str, where: str) -> list[Mention]:
        found: dict[str, Mention] = {}
        rest = text
        has_city = False
        for name, key in self._names:
            pattern = re.escape(name)
            if name.isascii():
                pattern = rf"(?<![a-z]){pattern}(?![a-z])"
            for one in re.finditer(pattern, rest):
                after = text[one.end() :]
                if where in ("note", "source") and key == OUTSIDE and _OFFICES.match(after):
                    continue
                if key != self.city and not _RIVER.match(after):
                    found.setdefault(key, Mention("place", one[0], key))
                has_city = has_city or key == self.city
            rest = re.sub(pattern, lambda one: "\0" * len(one[0]), rest)
        wider = [*_WIDER.finditer(rest), *(() if has_city else _HOME.finditer(rest))]
        for one in wider if where != "source" else ():
            # 国家统计局…, 贵州省统计局制: an office, unless it is the one that sends
            if where == "sender" or not _OFFICES.match(rest[one.end() :].lstrip()):
                found.setdefault(WIDER, Mention("place", one[0], WIDER))
        for one in _ELSEWHERE.finditer(_HOME.sub(" ", rest)) if where != "note" else ():
            if not found and not has_city and not (where == "file" and one[0].isascii()):
                name = next(group for group in (*one.groups(), one[0]) if group)
                found.setdefault(OUTSIDE, Mention("place", name, OUTSIDE))
        patterns = [_PART, _CODE]
        if where != "source":
            patterns.append(_FIRM)
        if where not in ("note", "source"):
            patterns.append(_PART_OF)
        for one in (one for pattern in patterns for one in pattern.finditer(rest)):
            if where == "source" and _OFFICES.match(rest[one.end() :]):
                continue
            found.setdefault(PART, Mention("place", one[0], PART))
        return list(found.values())


def short_name(name: str) -> str:
    """Give a place's name as people say it: 六枝 for 六枝特区, 钟山 for 钟山区."""
    for suffix in ("特区", "自治县", "自治州", "地区", "新区", "市", "区", "县", "州"):
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name.removesuffix(suffix)
    return name


def _periods(text: str, where: str, year: int | None) -> list[Mention]:
    found: list[Mention] = []

    def add(words: str, *years: int) -> None:
        found.append(Mention("period", words.strip(), years=years))

    rest = _DATE.sub(" ", text)
    for one in _FROM_TO.finditer(rest):
        is_whole = (int(one[1]), int(one[2])) == (1, 12)
        if not is_whole:
            add(one[0])
        rest = rest.replace(one[0], "全年" if is_whole else " ")
    for one in _FROM_TO_WORDS.finditer(rest):
        if one[1] != "十二":
            add(one[0])
        rest = rest.replace(one[0], "全年" if one[1] == "十二" else " ")
    if _FULL_YEAR.search(rest):
        rest = rest.replace("累计", " ").replace("四季度", " ")
    for one in _SPAN.finditer(rest):
        first, last = int(one[1]), int(one[2])
        if last < 100:  # 2024-25, but 2026-03 is a month
            last += first - first % 100
        if first < last <= first + 30 and not (int(one[2]) <= 12 and len(one[2]) == 2):
            years = () if re.search(r"学年|财", one[0]) else (first, last)
            add(one[0], *years)
            rest = rest.replace(one[0], " ")
    if other := _OTHER_YEAR.search(rest):
        if where != "source" or "财" in other[0] or "学年" in other[0]:
            add(other[0])
        rest = _OTHER_YEAR.sub(" ", rest)
    for one in _EARLIER.finditer(text) if where == "note" else ():
        if not (one[1] and year is not None and int(one[1]) == year):
            add(one[0])
    for one in _UNTIL.finditer(text):
        if not _YEAR_END.search(text[one.end() : one.end() + 20]):
            add(text[one.start() : one.end() + 10])
    for one in _DATED_MONTH.finditer(rest):
        named = int(one[1] or one[3] or one[4])
        month = int(one[2] or one[5] or 1)
        if month < 12 and (year is None or named == year):
            add(one[0])
    rest = _DATED_MONTH.sub(" ", rest)
    for pattern in (_PERIOD, _MONTH):
        part = pattern.search(rest)
        if part and not (pattern is _MONTH and where == "source"):
            add(part[0])
    return list(dict.fromkeys(found))


def _kinds(text: str, where: str) -> list[Mention]:
    found = []
    is_label = where == "note" and not re.search(r"\d", text)
    planned, sure = _PLANNED.search(text), _SURELY_PLANNED.search(text)
    if planned and not sure and (where in LOUD or is_label) and not _DONE.search(text):
        sure = planned
    if sure:
        found.append(sure[0])
    # a note that compares (同比增长3.3%) says more of the figure, one without a number says what it is
    if (where in LOUD or is_label) and (one := _RATE.search(text)):
        found.append(one[0])
    if one := _SAMPLE.search(text):
        found.append(one[0])
    return [Mention("kind", one) for one in dict.fromkeys(found)]


def is_observed(text: str) -> bool:
    """Tell whether a word of a column such as 类别 says that the figure was observed."""
    return bool(_FINAL.fullmatch(simple(text)))


def is_whole_year(text: str) -> bool:
    """Tell whether a word of a column such as 期间 says that the figure is of the whole year."""
    plain = re.sub(r"^(?:19|20)\d\d\s*年?|累计$", "", simple(text)).strip()
    words = ("", "年", "全年", "年度", "年报", "全年度", "年末", "年底", "一至四季度", "1-4季度", "四季度",
             "full year", "whole year", "annual", "year")  # fmt: skip
    span = _FROM_TO.fullmatch(plain)
    if plain == "四季度":
        return simple(text).endswith("累计")
    return plain in words or (span is not None and (int(span[1]), int(span[2])) == (1, 12))
