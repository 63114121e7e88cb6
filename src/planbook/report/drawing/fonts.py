"""A font that draws both languages, or a clear error: never boxes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager

from planbook.errors import FontError

# present on Windows, macOS and Linux desktops, in order of preference
SYSTEM_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "SimHei",
)
# A family of the same name may be known from the system, in another version: so those that
# packages bring get names of their own, and two machines draw the same.
OWN, OWN_LATIN = "planbook Noto Sans CJK SC", "planbook DejaVu Sans"
PROBE = "六盘水减污降碳煤矸石"  # characters of the plan; a font that has them serves


@cache
def family() -> str:
    """Find a font for Chinese and English text and make it known to Matplotlib.

    The one that ``pip install`` brings (Noto Sans CJK SC, in the package
    ``mpl-font``) comes first, from its own file, so that charts look the same
    everywhere; then the system's.

    Raises `FontError` if neither has the characters.
    """
    if find_spec("mpl_font"):
        # the package is only read: importing it would change Matplotlib's settings
        folder = resources.files("mpl_font") / "fonts" / "noto"
        for weight in ("Regular", "Bold"):
            with resources.as_file(folder / f"NotoSansCJKsc-{weight}.otf") as path:
                _add(path, OWN)
    installed = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    for name in (OWN, *SYSTEM_FAMILIES):
        if name in installed and _has(installed[name], PROBE):
            return name
    raise FontError(
        "no font with Chinese characters was found, so charts would show boxes; "
        "run 'pip install mpl-font==1.0.1' or install Noto Sans CJK SC "
        "(Debian: apt install fonts-noto-cjk)"
    )


@cache
def latin() -> str:
    """Make the font that Matplotlib brings known by a name of its own; it fills gaps."""
    for name in ("DejaVuSans", "DejaVuSans-Bold"):
        _add(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf", OWN_LATIN)
    return OWN_LATIN


def _add(path: Path, name: str) -> None:
    """Make a file known to Matplotlib as of the family `name`."""
    if path.exists():
        known = font_manager.fontManager
        number = len(known.ttflist)
        known.addfont(str(path))  # once by each of its names
        known.ttflist[number:] = [replace(known.ttflist[number], name=name)]


def _has(path: str, text: str) -> bool:
    face = font_manager.get_font(path)
    return all(face.get_char_index(ord(character)) for character in text)
