"""What is to be executed: a notebook for one edition, and all that a worker must know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TIMEOUT = 600.0  # seconds a chapter may take


@dataclass(frozen=True)
class Task:
    """One notebook for one edition."""

    notebook: Path  # the source, without outputs
    output: Path  # where the executed notebook goes
    parameters: Mapping[str, object]  # checked against those that the notebook declares
    book: str = ""  # city that progress and errors name, where a run builds the books of several

    @property
    def label(self) -> str:
        """Name for progress: chapter and language, after the city where there are several."""
        parts = (self.book, self.notebook.stem, self.parameters.get("lang"))
        return " · ".join(str(one) for one in parts if one)

    @property
    def city(self) -> str:
        """City whose figures it shows; empty if it has no such parameter."""
        return str(self.parameters.get("city") or "")

    @property
    def place(self) -> str:
        """Name of its last results: chapter, city and language."""
        parts = (self.notebook.stem, self.parameters.get("city"), self.parameters.get("lang"))
        return ".".join(str(one) for one in parts if one)


@dataclass(frozen=True)
class Order:
    """All that a worker must know to execute a notebook; it can be pickled."""

    name: str  # file name of the notebook
    source: str  # the notebook as JSON
    parameters: dict[str, Any] = field(default_factory=dict)
    root: str = ""  # folder of the project, where the worker is
    kernel: str = "auto"
    address: str = ""  # socket of the parent of warm kernels; empty where there is none
    timeout: float = TIMEOUT  # seconds that the notebook may take
    memory_limit: float = 0.0  # megabytes that its kernel may hold; 0 sets no limit
    # variables of the machine that asks, which its kernel shall have
    environment: dict[str, str] = field(default_factory=dict)
