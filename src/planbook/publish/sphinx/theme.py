"""What scripts of the theme and of Sphinx do that the policy of pages forbids, done without.

Each step stops the build where it does not find what it looks for, since a new version of
a package may have moved it.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pydata_sphinx_theme

from planbook.errors import BuildError
from planbook.files.atomic import write_atomically

ICONS = "planbook-icons.css"
_ICON_SCRIPT = "theme/pydata_sphinx_theme/static/scripts/fontawesome.js"
_ICON_STYLE = re.compile(r"='(:host,:root\{--fa-font-solid[^'\\]*\.svg-inline--fa\{[^'\\]*)';")
_ICON_TAG = re.compile(r'<script(?= [^>]*\bsrc="[^"]*/fontawesome\.js)')
_TRANSLATIONS = re.compile(r"Documentation\.addTranslations\((\{.*\})\);\s*", re.S)
_PLAIN = """\
((catalog) => {{
  Object.assign(Documentation.TRANSLATIONS, catalog.messages);
  Documentation.PLURAL_EXPR = () => 0; // one form for every number
  Documentation.LOCALE = catalog.locale;
}})({catalog});
"""


@cache
def icon_style() -> str:
    """Give the style sheet of icons, which their script would write into each page.

    Raises `BuildError` if the script holds it no more in the form known here.
    """
    path = Path(pydata_sphinx_theme.__file__).parent / _ICON_SCRIPT
    found = _ICON_STYLE.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise BuildError(
            f"{path.name}: no style sheet of icons found; this version of pydata-sphinx-theme "
            "is not known, install the one of requirements.txt"
        )
    return found[1] + "\n"


def without_icon_style(page: str) -> str:
    """Tell the script of icons, on a page that loads it, to write no style sheet."""
    return _ICON_TAG.sub('<script data-auto-add-css="false"', page)


def mend_translations(folder: Path) -> None:
    """Let the words of the search page be taken over without compiling a text as code.

    Sphinx compiles the rule for plurals of a language. That of Chinese is a constant.

    Raises `BuildError` if the file has another form, or the language more than one form.
    """
    path = folder / "translations.js"
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8")
    found = _TRANSLATIONS.fullmatch(text)
    if found is None:
        if "Documentation.PLURAL_EXPR = () => 0" in text:
            return
        raise BuildError(f"{path.name}: not in the form known here; install the pinned Sphinx")
    catalog = json.loads(found[1])
    if str(catalog["plural_expr"]).strip("()") != "0":
        raise BuildError(
            f"{path.name}: plurals follow '{catalog['plural_expr']}'; write that rule in theme.py"
        )
    write_atomically(path, _PLAIN.format(catalog=found[1]).encode("utf-8"))
