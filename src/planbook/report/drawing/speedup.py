"""What Matplotlib works out again and again while it lays out a chart, worked out once.

To place the parts of a chart Matplotlib measures each text about ten times, and looks
through its fonts each time; it finds the ticks of an axis and the room of their labels
four times for one look at the axes; and for each tick it copies markers down to their
last number. None of it can have changed in between. Within `remembered` the answers are
kept: the drawing is the same to the byte. The methods concerned are Matplotlib's own
affairs: where a version lacks one, it is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.font_manager import FontManager
from matplotlib.markers import MarkerStyle
from matplotlib.text import Text

_is_remembering = False


@contextmanager
def remembered() -> Iterator[None]:
    """Measure each text, find each font and make each marker once within.

    Settings of fonts must not change meanwhile. What is remembered is forgotten at
    the end; within another one it does nothing.
    """
    global _is_remembering
    if _is_remembering:
        yield
        return
    look = _Look()
    wanted = (
        (Text, "_get_layout", _layouts),
        (FontManager, "_find_fonts_by_props", _fonts),
        (MarkerStyle, "_set_marker", _markers),
        (Axes, "get_tightbbox", look.within),
        (Axes, "draw", look.within),
        (Axis, "_update_ticks", look.ticks),
        (Axis, "_get_ticklabel_bboxes", look.boxes),
    )
    before = []
    for kind, name, make in wanted:
        if hasattr(kind, name):
            before.append((kind, name, vars(kind).get(name)))
            setattr(kind, name, make(getattr(kind, name)))
    _is_remembering = True
    try:
        yield
    finally:
        _is_remembering = False
        for kind, name, own in before:
            if own is None:
                delattr(kind, name)  # it is inherited
            else:
                setattr(kind, name, own)


class _Look:
    """One look at axes, to measure or to draw them: nothing of them moves meanwhile."""

    def __init__(self) -> None:
        self._depth = 0
        self._ticks: dict[Axis, list[Any]] = {}
        self._boxes: dict[Axis, tuple[list[Any], list[Any]]] = {}

    def within(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """Keep what each axis tells as long as the outermost call lasts."""

        @wraps(method)
        def look(axes: Axes, *arguments: Any, **named: Any) -> Any:
            if not self._depth:
                self._forget()
            self._depth += 1
            try:
                return method(axes, *arguments, **named)
            finally:
                self._depth -= 1
                if not self._depth:
                    self._forget()

        return look

    def ticks(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def update_ticks(axis: Axis) -> list[Any]:
            if not self._depth:
                return method(axis)
            if axis not in self._ticks:
                self._ticks[axis] = method(axis)
            return self._ticks[axis]

        return update_ticks

    def boxes(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def get_boxes(axis: Axis, ticks: list[Any], renderer: Any) -> Any:
            if not self._depth or ticks is not self._ticks.get(axis):
                return method(axis, ticks, renderer)
            if axis not in self._boxes:
                self._boxes[axis] = method(axis, ticks, renderer)
            first, second = self._boxes[axis]
            return list(first), list(second)  # callers lengthen them

        return get_boxes

    def _forget(self) -> None:
        self._ticks.clear()
        self._boxes.clear()


def _layouts(work_out: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[tuple, Any] = {}

    def get_layout(self: Any, renderer: Any) -> Any:
        if self.get_wrap() or self.get_transform_rotates_text():
            return work_out(self, renderer)  # then it depends on where the text stands
        key = (
            type(getattr(renderer, "_renderer", renderer)),  # a mixed one passes questions on
            self.get_figure(root=True).dpi,
            self.get_text(),
            hash(self.get_fontproperties()),
            self.get_rotation(),
            self.get_rotation_mode(),
            self.get_horizontalalignment(),
            self.get_verticalalignment(),
            self._get_multialignment(),
            self._linespacing,
            self.get_usetex(),
            self.get_parse_math(),
        )
        if key not in known:
            known[key] = work_out(self, renderer)
        return known[key]

    return get_layout


def _fonts(work_out: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[int, Any] = {}

    def find_fonts(self: FontManager, prop: Any, *more: Any, **named: Any) -> Any:
        if more or named:
            return work_out(self, prop, *more, **named)
        key = hash(prop)
        if key not in known:
            known[key] = work_out(self, prop)
        return known[key]

    return find_fonts


def _markers(work_out: Callable[..., Any]) -> Callable[..., Any]:
    def set_marker(self: Any, marker: Any) -> None:
        if not isinstance(marker, MarkerStyle):
            work_out(self, marker)
            return
        # its parts are replaced and never changed, so that copies may share them
        self.__dict__ = dict(marker.__dict__)
        if isinstance(getattr(self._marker_function, "__self__", None), MarkerStyle):
            self._marker_function = getattr(self, self._marker_function.__name__)

    return set_marker
