"""The site's own words in both languages, and the theme's words it corrects."""

from __future__ import annotations

from gettext import NullTranslations

LANGUAGES = ("en", "zh")

SPHINX_LANGUAGE = {"en": "en", "zh": "zh_CN"}  # names of the theme's catalogues
HTML_LANGUAGE = {"en": "en", "zh": "zh-CN"}  # BCP 47, for lang and hreflang

WORDS: dict[str, dict[str, str]] = {
    "edition_name": {"en": "English", "zh": "中文"},
    "switch_hint": {"en": "Read this page in English", "zh": "阅读本页中文版"},
    "search_hint": {"en": "Search this book…", "zh": "搜索本书…"},
    "contents": {"en": "On this page", "zh": "本页内容"},
    "editions": {"en": "Editions", "zh": "版本"},
    "open_edition": {"en": "Read the English edition", "zh": "阅读中文版"},
    "show_cell": {"en": "Show", "zh": "展开"},
    "hide_cell": {"en": "Hide", "zh": "收起"},
}

# Words of the theme which its own catalogue lacks or puts badly.
THEME_WORDS: dict[str, dict[str, str]] = {
    "en": {"Color mode": "Colour mode", "previous": "Previous", "next": "Next"},
    "zh": {
        "Back to top": "返回顶部",
        "Breadcrumb": "当前位置",
        "Collapse Sidebar": "收起侧栏",
        "Color mode": "配色模式",
        "Dark": "深色",
        "Error": "错误",
        "Expand Sidebar": "展开侧栏",
        "Home": "首页",
        "Light": "浅色",
        "Link to this equation": "本公式的链接",
        "Link to this heading": "本节的链接",
        "Link to this image": "本图的链接",
        "Link to this table": "本表的链接",
        "On this page": "本页内容",
        "Please activate JavaScript to enable the search functionality.": (
            "搜索需要启用 JavaScript。"
        ),
        "Search": "搜索",
        "Site navigation": "网站导航",
        "Skip to main content": "跳到正文",
        "System Settings": "跟随系统",
        "next": "下一页",
        "next page": "下一页",
        "previous": "上一页",
        "previous page": "上一页",
    },
}

# Words that the theme's templates write in English whatever the language is.
HARD_CODED: dict[str, dict[str, str]] = {
    "en": {},
    "zh": {
        'aria-label="Announcement"': 'aria-label="公告"',
        'aria-label="Main"': 'aria-label="全书目录"',
        'aria-label="Page"': 'aria-label="本页目录"',
        'title="Toggle primary sidebar"': 'title="显示或隐藏目录"',
        'title="Toggle secondary sidebar"': 'title="显示或隐藏本页内容"',
        "Toggle navigation of ": "展开或收起：",
    },
}


def other(lang: str) -> str:
    """Give the language of the other edition."""
    return {"en": "zh", "zh": "en"}[lang]


def word(key: str, lang: str, **values: object) -> str:
    """Look up one of the site's words."""
    return WORDS[key][lang].format(**values)


class ThemeWords(NullTranslations):
    """A message catalogue whose entries win over the theme's own."""

    def __init__(self, lang: str, behind: NullTranslations) -> None:
        super().__init__()
        self._words = THEME_WORDS[lang]
        self.add_fallback(behind)

    def gettext(self, message: str) -> str:
        """Translate `message`, first by our own table."""
        return self._words.get(message) or super().gettext(message)


def localise(html: str, lang: str) -> str:
    """Replace the words that the theme's templates keep in English."""
    for english, own in HARD_CODED[lang].items():
        html = html.replace(english, own)
    return html
