"""What every explorer with a kernel shares: its data, what a reader sets, its language."""

from __future__ import annotations

import anywidget
import traitlets

from planbook.errors import PlanbookError


class Explorer(anywidget.AnyWidget):
    """A widget whose settings can be moved by its reader and from Python."""

    payload = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    lang = traitlets.Unicode().tag(sync=True)

    def choose(self, **settings: object) -> None:
        """Change some settings, for instance ``choose(year=2035)``.

        Raises `PlanbookError` if there is no such setting.
        """
        unknown = sorted(set(settings) - set(self.settings))
        if unknown:
            raise PlanbookError(
                f"no setting {', '.join(unknown)}; use one of {', '.join(self.settings)}"
            )
        self.settings = {**self.settings, **settings}
