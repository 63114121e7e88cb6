"""Content by its hash, in a folder or a store that several machines reach.

An object's name is the SHA-256 of its bytes, so whoever reads one knows whether it
is what was meant, and writing one twice changes nothing. The layout is that of
`planbook.execute.cache.store`, whose folder may serve.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from planbook.errors import BuildError, PlanbookError
from planbook.files.atomic import write_atomically
from planbook.files.hashing import digest

REMEDY = "pip install -e '.[cluster]'"
_MANY = 16  # objects, from which on one listing costs less than asking for each


class Objects:
    """Objects below one address.

    Raises `PlanbookError` if fsspec, or what it needs for this kind of address, is not installed.
    """

    def __init__(self, address: str) -> None:
        try:
            from fsspec.core import url_to_fs
        except ImportError:
            raise PlanbookError(
                f"--executor dask: the package fsspec is not installed; {REMEDY}"
            ) from None
        if "://" not in address:  # a worker has another working directory
            address = str(Path(address).absolute())
        self.address = address
        try:
            self._files, self._base = url_to_fs(address)
        except ImportError as error:  # it names the package: "Install s3fs to access S3"
            raise PlanbookError(f"--objects {address}: {error}") from None
        except ValueError as error:
            raise PlanbookError(
                f"--objects {address}: {error}; give a folder or an address such as s3://…"
            ) from None
        protocol = self._files.protocol
        self._is_local = "file" in ((protocol,) if isinstance(protocol, str) else protocol)

    def put(self, raw: bytes) -> str:
        """Store bytes unless they are there; give their name."""
        return self.put_all([raw])[0]

    def put_all(self, contents: Iterable[bytes]) -> list[str]:
        """Store several objects; give their names, in the same order.

        Raises `BuildError` if the place is not reached or cannot be written to.
        """
        names = []
        wanted: dict[str, bytes] = {}
        for raw in contents:
            names.append(digest(raw))
            wanted[names[-1]] = raw
        try:
            there = self._sizes(wanted)
            missing = {
                self._path(name): raw for name, raw in wanted.items() if there.get(name) != len(raw)
            }
            if not self._is_local:
                if missing:
                    self._files.pipe(missing)
                return names
            for path, raw in missing.items():
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                write_atomically(Path(path), raw)
        except Exception as error:  # each kind of store has errors of its own
            raise self._refused("written to", error) from None
        return names

    def _sizes(self, names: Mapping[str, bytes]) -> dict[str, int]:
        """Give the sizes of those of `names` that are stored."""
        if self._is_local or len(names) < _MANY:
            found = {}
            for name in names:
                try:
                    found[name] = self._files.info(self._path(name))["size"]
                except FileNotFoundError:
                    continue
            return found
        self._files.invalidate_cache()
        listed = self._files.find(self._base, detail=True)
        return {"".join(path.rsplit("/", 2)[-2:]): one["size"] for path, one in listed.items()}

    def get(self, name: str) -> bytes:
        """Give the object of this name."""
        return self.get_all([name])[name]

    def get_all(self, names: Iterable[str]) -> dict[str, bytes]:
        """Give objects by name.

        Raises `BuildError` if the place is not reached, or an object is missing or damaged: its
        bytes do not have the hash that it is named by.
        """
        wanted = list(dict.fromkeys(names))
        if not wanted:
            return {}
        try:
            answers = self._files.cat([self._path(name) for name in wanted], on_error="return")
        except Exception as error:  # each kind of store has errors of its own
            raise self._refused("read from", error) from None
        found = {}
        for name in wanted:
            raw = answers.get(self._path(name), FileNotFoundError())
            if isinstance(raw, FileNotFoundError):
                raise BuildError(
                    f"object {name[:12]} is not in {self.address}; give --objects a place that "
                    "every worker reaches, and do not empty it while a build runs"
                )
            if isinstance(raw, Exception):
                raise BuildError(f"object {name[:12]} of {self.address} cannot be read: {raw}")
            if digest(raw) != name:
                raise BuildError(
                    f"object {name[:12]} of {self.address} is damaged: its content has another "
                    "hash than its name; remove it there and build again"
                )
            found[name] = raw
        return found

    def _refused(self, what: str, error: Exception) -> BuildError:
        return BuildError(
            f"--objects {self.address}: cannot be {what}: {error}; give a place that this machine "
            "and every worker may use, and the rights to it"
        )

    def _path(self, name: str) -> str:
        return f"{self._base}/{name[:2]}/{name[2:]}"
