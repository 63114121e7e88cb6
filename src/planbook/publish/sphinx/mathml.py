"""Formulas as MathML, drawn by the browser itself: no script, no web font."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import tostring

from docutils import nodes
from latex2mathml.converter import Converter
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator

RENDERER = "planbook_mathml"

_logger = logging.getLogger(__name__)
_COMMAND = re.compile(r"\\[A-Za-z]+")
_PARTS = {  # how many parts these elements must have
    **dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}
_OUTER = re.compile(r"\A\\begin\{(equation|displaymath|math)\*?\}(.*)\\end\{\1\*?\}\Z", re.S)


def latex_to_mathml(latex: str, *, block: bool = False) -> str:
    """Convert one formula.

    Raises `ValueError` if the formula is empty, broken or uses a command that is not known.
    """
    source = latex.strip()
    if matched := _OUTER.match(source):
        source = matched[2].strip()
    if not source:
        raise ValueError("the formula is empty")
    try:
        math = Converter(display="block" if block else "inline").convert_to_element(source)
    except Exception as error:  # the converter raises many kinds, some without a message
        raise ValueError(str(error) or type(error).__name__) from error
    for element in math.iter():
        if len(element) != _PARTS.get(element.tag, len(element)):
            raise ValueError("a fraction, root, index or exponent lacks a part")
        # The converter leaves character references as text; as characters they
        # can be escaped properly, "<" included.
        element.text = html.unescape(element.text) if element.text else element.text
        if element.text and (unknown := _COMMAND.search(element.text)):
            raise ValueError(f"the command {unknown[0]} is not known")
    math.set("alttext", source)
    return tostring(math, encoding="unicode")


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula."""
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(_convert(self, node, node.astext(), block=False))
    self.body.append("</span>")
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number where it has one."""
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node.get("number"):
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    for part in re.split(r"\n\s*\n", node.astext()):
        if part.strip():
            self.body.append(_convert(self, node, part, block=True))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _convert(translator: Any, node: nodes.Element, latex: str, *, block: bool) -> str:
    try:
        return latex_to_mathml(latex, block=block)
    except ValueError as error:
        _logger.warning(
            "formula %r cannot be shown: %s; write it with other commands",
            latex,
            error,
            location=node,
            type="planbook",
            subtype="math",
        )
        return f"<code>{translator.encode(latex)}</code>"
