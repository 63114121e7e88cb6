"""What every explorer with a kernel shares: its data, what a reader sets, its language."""

from __future__ import annotations

import anywidget
import traitlets

from planbook.errors import PlanbookError


class Explorer(anywidget.AnyWidget):
    """A widget whose settings can be moved by its reader and from Python.

    Attributes
    ----------
    payload : dict
        Figures, parameters and words that the front end computes from.
    settings : dict
        What is set; arrives here when a reader moves something, and may be set here.
    lang : str
        Language shown; can be switched.
    """

    payload = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    lang = traitlets.Unicode().tag(sync=True)

    def choose(self, **settings: object) -> None:
        """Change some settings, for instance ``choose(year=2035)``.

        Parameters
        ----------
        **settings : object
            Names with a point are given by ``**{"activity.power": -2.0}``.

        Raises
        ------
        PlanbookError
            If there is no such setting.
        """
        unknown = sorted(set(settings) - set(self.settings))
        if unknown:
            raise PlanbookError(
                f"no setting {', '.join(unknown)}; use one of {', '.join(self.settings)}"
            )
        self.settings = {**self.settings, **settings}
