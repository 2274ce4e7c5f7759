"""Files of a dump: packed and hashed while they are written, and in their folder only once all of them are on the disk."""

import fcntl
import gzip
import hashlib
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

DRAFT = ".making-"
LOCK = ".lock"
PACKED = ".gz"
LEVEL = 6  # of gzip: 9 takes three times as long for a hundredth less


class AnotherRuns(Exception):
    """Somebody else is writing dumps at this moment."""


class HashedFile(io.RawIOBase):
    """A new file that knows the SHA-256 and the number of all bytes written to it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._digest.update(data)
        self.size += len(data)
        return self._file.write(data)

    def close(self) -> None:
        if not self.closed:
            try:
                self._file.flush()
                os.fsync(self._file.fileno())
            finally:
                self._file.close()
                super().close()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def packed(path: Path) -> Iterator[tuple[gzip.GzipFile, HashedFile]]:
    """What to write into a new gzip file, and the file. The same content gives the same bytes: neither name nor time stand in it."""
    raw = HashedFile(path)
    try:
        with gzip.GzipFile("", "wb", LEVEL, raw, mtime=0) as out:
            yield out, raw
    finally:
        raw.close()


def whole(path: Path, content: bytes) -> HashedFile:
    """A small file."""
    file = HashedFile(path)
    try:
        file.write(content)
    finally:
        file.close()
    return file


@contextmanager
def new_folder(parent: Path, name: str) -> Iterator[Path]:
    """A folder to fill, which takes its name when that is done and all of it is on the disk. After a failure nothing is left."""
    draft = parent / f"{DRAFT}{name}"
    draft.mkdir(mode=0o755)
    try:
        yield draft
        _keep_names(draft)
        draft.rename(parent / name)
        _keep_names(parent)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


@contextmanager
def alone(parent: Path) -> Iterator[None]:
    """Nobody else writes dumps meanwhile. Raises AnotherRuns."""
    parent.mkdir(parents=True, exist_ok=True)
    with (parent / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherRuns from None
        yield


def remove_drafts(parent: Path) -> None:
    """Those of a run that was killed."""
    for draft in parent.glob(f"{DRAFT}*"):
        shutil.rmtree(draft)


def remove_folder(folder: Path) -> None:
    """Nothing where it is not there."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)


def _keep_names(folder: Path) -> None:
    """A file's name is the folder's content, and safe from a power cut only once that is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
