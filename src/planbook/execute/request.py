"""What is asked of a build: of which editions, standing when, executed how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planbook.errors import BuildError
from planbook.execute.order import TIMEOUT
from planbook.files.hashing import Inputs
from planbook.files.records import LANGS

if TYPE_CHECKING:
    from planbook.data.paths import Paths
    from planbook.execute.kernels.warm import ForkServer
    from planbook.execute.pools import Pool

Report = Callable[[str, Any], None]


class Parent:
    """The parent of warm kernels of one build: started when first wanted, ended with the build."""

    def __init__(self, paths: Paths, city: str, kernel: str = "auto") -> None:
        self._paths, self._city, self._kernel = paths, city, kernel
        self._server: ForkServer | None = None

    def start(self) -> str:
        """Start it, unless it runs or is not wanted here; give its address or nothing."""
        if self._kernel == "cold":
            return ""
        from planbook.execute.kernels.warm import ForkServer, can_fork

        if not can_fork():
            if self._kernel == "warm":
                raise BuildError("--kernel warm: this system cannot fork; use auto or cold")
            return ""
        if self._server is None:
            self._server = ForkServer(str(self._paths.root), self._city)
        return self._server.address

    def close(self) -> None:
        """End it and every kernel that it has forked."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def __enter__(self) -> Parent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _silent(_event: str, _item: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Request:
    """What is asked of a build; how notebooks are executed changes no result."""

    langs: Sequence[str] = LANGS
    as_of: int | str = 0  # year or day at whose end to stand; 0: the city's own
    chapters: Sequence[str] = ()  # notebooks to execute afresh
    force: bool = False  # every notebook
    jobs: int = 1  # notebooks at a time
    kernel: str = "auto"
    timeout: float = TIMEOUT  # seconds that a notebook may take
    memory_limit: float = 0.0  # megabytes that its kernel may hold; 0 sets no limit
    # whether a notebook that fails stops the build even if there is an earlier version
    strict: bool = False
    progress: Report = _silent
    parent: Parent | None = None  # of the kernels; one of its own for each run by default
    executor: Executor | Pool | None = None  # processes of this machine by default
    inputs: Inputs = field(default_factory=Inputs)  # files that have been looked at already

    def forces(self, notebook: str) -> bool:
        """Tell whether a notebook is to be executed whatever is known of it."""
        return self.force or notebook in self.chapters
