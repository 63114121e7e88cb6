"""What publishing needs besides executed chapters, made while these are still executed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path

from planbook.execute.cache.program import packages
from planbook.files.hashing import Inputs, joined
from planbook.publish.cache import Lock, code
from planbook.publish.pages.kept_pages import Made
from planbook.publish.sphinx.renderer import Renderer


class Ahead:
    """The pages made from the data alone, and the process that renders; a context manager.

    Nothing begins by itself: `start` makes the pages on a thread of its own and lets the
    process load what it needs, both while the caller waits for something else.
    """

    def __init__(self, made: Made, langs: Sequence[str], cache: Path, inputs: Inputs) -> None:
        self._made, self._langs, self.inputs = made, tuple(langs), inputs
        self.stamp = joined(code(inputs), packages())
        self.lock = Lock(cache)
        self.renderer = Renderer(self.lock.handles)
        self._thread: threading.Thread | None = None
        self._left = threading.Event()

    def start(self) -> None:
        """Begin; a second call does nothing."""
        if self._thread is None:
            self.renderer.prepare()
            self._thread = threading.Thread(target=self._make, name="pages")
            self._thread.start()

    def _make(self) -> None:
        with contextlib.suppress(Exception):  # it comes again when the pages are asked for
            for lang in self._langs:
                if not self._left.is_set():
                    self._made.of(lang)

    @property
    def made(self) -> Made:
        """The pages, once nobody else is at work on them."""
        if self._thread is not None:
            self._thread.join()
        return self._made

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        if self._thread is not None:
            self._thread.join()
        self.renderer.close()
        self.lock.close()
