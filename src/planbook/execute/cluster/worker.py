"""What a worker of a cluster does with one order; runs wherever the worker runs."""

from __future__ import annotations

import functools
import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from planbook.errors import PlanbookError
from planbook.execute.cache.program import identity
from planbook.execute.cluster.objects import Objects
from planbook.execute.cluster.trees import lay_out
from planbook.execute.order import Order
from planbook.execute.task import execute_task
from planbook.files.hashing import as_json


@dataclass(frozen=True)
class Parcel:
    """An order whose inputs travel as objects."""

    number: int  # for telling parcels of one build apart
    topic: str  # where the worker tells that it has begun
    order: Order  # without source and root
    source: str  # objects: the notebook, and the list of the files that it may read
    tree: str
    objects: str  # address of the objects
    mark: str  # hash of the `identity` that the worker must have


def perform(parcel: Parcel) -> dict[str, Any]:
    """Execute what a parcel asks for."""
    worker = _worker()
    if worker is not None:
        worker.log_event(parcel.topic, {"begun": parcel.number, "worker": worker.address})
    order = parcel.order
    if as_json(identity()) != parcel.mark:
        where = worker.address if worker is not None else "this worker"
        return {
            "failure": f"{order.name} ({order.parameters.get('lang')}): {where} has another "
            "planbook or other packages than the build; install the same there and restart it"
        }
    try:
        objects = Objects(parcel.objects)
        source = objects.get(parcel.source).decode("utf-8")
        root = lay_out(parcel.tree, objects, _cache(worker))
        found = execute_task(replace(order, source=source, root=str(root)))
        names = objects.put_all(_encode(found[part]) for part in ("notebook", "reads"))
    except PlanbookError as error:
        told = str(error)
        begins = f"{order.name} ({order.parameters.get('lang')})"
        return {"failure": told if told.startswith(begins) else f"{begins}: {told}"}
    return {**found, "notebook": names[0], "reads": names[1]}


def gather(receipt: dict[str, Any], objects: Objects) -> dict[str, Any]:
    """Give what `execute_task` gave on the worker.

    Raises `BuildError` if an object is missing or damaged.
    """
    parts = {part: objects.get(receipt[part]) for part in ("notebook", "reads")}
    return {**receipt, **{part: json.loads(raw) for part, raw in parts.items()}}


def _encode(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8")


def _worker() -> Any:
    """Give the Dask worker that this thread works for; None outside of one."""
    from distributed import get_worker

    try:
        return get_worker()
    except ValueError:
        return None


def _cache(worker: Any) -> Path:
    """Give a folder that is the worker's own and goes with it."""
    if worker is not None:
        return Path(worker.local_directory) / "planbook"
    return Path(_folder().name)


@functools.cache
def _folder() -> tempfile.TemporaryDirectory:
    """Make a folder for a process that is no Dask worker; it goes with the process."""
    return tempfile.TemporaryDirectory(prefix="planbook-worker-")
