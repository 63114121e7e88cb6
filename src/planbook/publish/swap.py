"""Publish a finished folder in one step, so that readers never meet half a site."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from pathlib import Path

from planbook.errors import BuildError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # renameat2(2)
_RENAME_SWAP = 2  # renamex_np(2) of macOS
# What a kernel or a file system without such a call answers.
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.EOPNOTSUPP}


def swap_into_place(new: Path, target: Path) -> None:
    """Put the finished folder `new` where `target` is.

    Linux and macOS exchange the two folders in one call of the kernel. Elsewhere
    the old folder is renamed aside first; should the process die between the two
    renames, the next call (or `recover`) brings the old folder back. At no moment
    does `target` hold a mixture of old and new.

    Raises `BuildError` if `new` is no folder, or a file is held open by another program; then
    `target` is as it was.
    """
    new, target = Path(new).absolute(), Path(target).absolute()
    if not new.is_dir():
        raise BuildError(f"{new}: there is no such folder to publish; build it first")
    if target.exists() and not target.is_dir():
        raise BuildError(f"{target}: a file stands where the site belongs; move it away")
    recover(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    incoming, previous = _incoming(target), _previous(target)
    _bring_near(new, incoming)
    try:
        if not target.exists():
            incoming.rename(target)
        elif _exchange(incoming, target):
            _remove(incoming)  # holds the old site now
        else:
            target.rename(previous)
            try:
                incoming.rename(target)
            except OSError:
                previous.rename(target)
                raise
            _remove(previous)
    except PermissionError as error:
        incoming.rename(new)  # to be published when the files are free
        raise BuildError(
            f"{target}: the site could not be replaced ({error.strerror}); "
            "close the programs that have files of it open and publish again"
        ) from error


def recover(target: Path) -> None:
    """Repair what a publication that was killed left behind."""
    target = Path(target).absolute()
    incoming, previous = _incoming(target), _previous(target)
    if not target.exists():
        # Both names belong to complete folders; the old one has been read before.
        for whole in (previous, incoming):
            if whole.exists():
                whole.rename(target)
                break
    for leftover in (incoming, previous, _copying(target)):
        _remove(leftover)


def _incoming(target: Path) -> Path:
    return target.with_name(f".{target.name}.incoming")


def _previous(target: Path) -> Path:
    return target.with_name(f".{target.name}.previous")


def _copying(target: Path) -> Path:
    return target.with_name(f".{target.name}.copying")


def _bring_near(new: Path, incoming: Path) -> None:
    """Move `new` beside the target, by a copy where it lies on another disk."""
    try:
        new.rename(incoming)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copying = incoming.with_suffix(".copying")
        shutil.copytree(new, copying)
        copying.rename(incoming)  # only a complete copy has this name
        _remove(new)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two folders at once; False where the system cannot."""
    one, two = os.fsencode(first), os.fsencode(second)
    try:
        if sys.platform == "linux":
            call = ctypes.CDLL(None, use_errno=True).renameat2
            answer = call(_AT_FDCWD, one, _AT_FDCWD, two, ctypes.c_uint(_RENAME_EXCHANGE))
        elif sys.platform == "darwin":
            call = ctypes.CDLL(None, use_errno=True).renamex_np
            answer = call(one, two, ctypes.c_uint(_RENAME_SWAP))
        else:
            return False
    except (AttributeError, OSError):  # the C library lacks the call
        return False
    if answer == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(second))


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
