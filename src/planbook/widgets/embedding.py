"""An explorer as part of a page: its place, its state, and what stands there without a script."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from planbook.report.html.fragments import Shown, fragment
from planbook.report.page import Page


def state_json(state: Mapping[str, object]) -> Markup:
    """Write a widget's state for a JSON block of a page."""
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def mount(kind: str, anchor: str, state: Mapping[str, object], *, label: str, none: str) -> Markup:
    """Make the place where the page's script mounts an explorer."""
    return fragment(
        "explorer.html",
        kind=kind,
        anchor=anchor,
        state=state_json(state),
        label=label,
        fallback=none,
    )


def mounted(
    page: Page,
    kind: str,
    anchor: str,
    state: Mapping[str, object],
    label: str,
    none: str,
    pairs: Sequence[tuple[str, str]] = (),
) -> Shown:
    """Mount an explorer in a chapter's page, which remembers the series it stands on."""
    html = mount(kind, f"explore-{anchor}", {"payload": state}, label=label, none=none)
    return page.keep(Shown(html, f"{label}\n{none}"), label, pairs)
