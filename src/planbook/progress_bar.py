"""Live progress of a build in the terminal."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from planbook.execute import Outcome, Task


class Reporter:
    """Shows what a build is doing; call it with the build's events.

    Parameters
    ----------
    explain : bool
        Whether to print, for each notebook, why it was executed or reused.
    """

    def __init__(self, *, explain: bool) -> None:
        self.explain = explain
        self.console = Console(stderr=True)
        self.bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self.running: dict[str, None] = {}
        self.main = None

    def __enter__(self) -> Reporter:
        self.bar.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.bar.stop()

    def __call__(self, event: str, item: object) -> None:
        if event == "check":
            self.main = self.bar.add_task(f"checking the data of {item}", total=None)
        elif event == "tasks":
            self.bar.update(self.main, description="notebooks", total=len(item) + 3)
        elif event == "start" and isinstance(item, Task):
            self.running[item.label] = None
            self._describe()
        elif event == "done" and isinstance(item, Outcome):
            self.running.pop(item.task.label, None)
            if self.explain or item.executed:
                seconds = f"{item.seconds:5.1f} s" if item.executed else "reused "
                self.console.print(
                    f"{seconds}  {item.task.label}  ({item.reason})", highlight=False
                )
            self._describe()
            self.bar.advance(self.main)
        elif event in ("render", "pages", "publish"):
            words = {
                "render": f"rendering the {item} edition",
                "pages": "checking every page",
                "publish": "publishing",
            }
            self.bar.update(self.main, description=words[event])
            if event != "publish":
                self.bar.advance(self.main)

    def _describe(self) -> None:
        names = list(self.running)
        shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
        self.bar.update(self.main, description=shown or "notebooks")
