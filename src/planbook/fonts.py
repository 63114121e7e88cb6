"""A font that draws both languages, or a clear error: never boxes."""

from __future__ import annotations

from functools import cache
from importlib import resources
from importlib.util import find_spec

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
PROBE = "六盘水减污降碳煤矸石"  # characters of the plan; a font that has them serves


@cache
def family() -> str:
    """Find a font for Chinese and English text and make it known to Matplotlib.

    The one that ``pip install`` brings (Noto Sans CJK SC, in the package
    ``mpl-font``) comes first, so that charts look the same everywhere; then the
    system's.

    Returns
    -------
    str
        Name of the font family.

    Raises
    ------
    FontError
        If neither has the characters.
    """
    if find_spec("mpl_font"):
        # the package is only read: importing it would change Matplotlib's settings
        folder = resources.files("mpl_font") / "fonts" / "noto"
        for weight in ("Regular", "Bold"):
            with resources.as_file(folder / f"NotoSansCJKsc-{weight}.otf") as path:
                if path.exists():
                    font_manager.fontManager.addfont(str(path))
    installed = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    for name in SYSTEM_FAMILIES:
        if name in installed and _has(installed[name], PROBE):
            return name
    raise FontError(
        "no font with Chinese characters was found, so charts would show boxes; "
        "run 'pip install mpl-font==1.0.1' or install Noto Sans CJK SC "
        "(Debian: apt install fonts-noto-cjk)"
    )


def _has(path: str, text: str) -> bool:
    face = font_manager.get_font(path)
    return all(face.get_char_index(ord(character)) for character in text)
