"""A sealed archive: a zip file with a manifest of its members' SHA-256, whose last 64 bytes are the SHA-256 of all others.

Any unzip reads it. One flipped, missing or added byte breaks the seal; the manifest guards each member while it is unpacked.
"""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any

MANIFEST = "manifest.json"
FORMAT = 1
SEAL_BYTES = 64
WORKSHOP = ".backing-up"
CHUNK = 1024**2


class Damaged(Exception):
    """The archive is not, or no longer, what was written; says why."""


class ArchiveWriter:
    def __init__(self, file: zipfile.ZipFile, folder: Path) -> None:
        self._file = file
        self.folder = folder  # for what has to be a file before it is a member; gone with the end of `writing`
        self.members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, source: IO[bytes], *, compress: bool = False) -> str:
        """Copy `source` in; returns its SHA-256."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._file.open(info, "w", force_zip64=True) as member:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
        self.members[name] = {"sha256": digest.hexdigest(), "size": size}
        return digest.hexdigest()

    def finish(self, facts: dict[str, Any]) -> None:
        manifest = {"format": FORMAT, **facts, "members": self.members}
        self._file.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))


@contextmanager
def writing(path: Path) -> Iterator[ArchiveWriter]:
    """A new archive at `path`, there only once it is whole, on disk and sealed. Raises FileExistsError.

    What an earlier one in the same place left, because its process was killed, is removed first.
    """
    if path.exists():
        raise FileExistsError(f"{path} exists already.")
    _sweep(path.parent)
    with _workshop(path.with_name(f".{path.name}{WORKSHOP}")) as folder:
        draft = folder / path.name
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as raw:
            with zipfile.ZipFile(raw, "w", compresslevel=1) as file:
                file.comment = b"0" * SEAL_BYTES
                yield ArchiveWriter(file, folder)
            raw.flush()
            seal = _digest_without_seal(raw)
            raw.seek(-SEAL_BYTES, os.SEEK_END)
            raw.write(seal)
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(path)


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A folder of this process's own, locked for as long as the process lives. Raises FileExistsError while another has it."""
    folder.mkdir(mode=0o700)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _sweep(place: Path) -> None:
    """Remove workshops whose process has ended without doing so."""
    for folder in place.glob(f".*{WORKSHOP}"):
        lock = os.open(folder, os.O_RDONLY)
        try:
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
        finally:
            os.close(lock)


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does: what it has begun is removed. For a process's main thread."""

    def end(number: int, _frame: Any) -> None:
        raise SystemExit(128 + number)

    signals = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, end) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


class ArchiveReader:
    """An archive whose seal holds and whose members are those of its manifest, under names that stay in their folder."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        try:
            self.manifest: dict[str, Any] = json.loads(file.read(MANIFEST))
            self.members: dict[str, dict[str, Any]] = self.manifest["members"]
            if self.manifest["format"] != FORMAT:
                raise Damaged(f"The archive is of format {self.manifest['format']}; this release reads {FORMAT}.")
        except (KeyError, TypeError, ValueError) as error:
            raise Damaged("The archive has no manifest that can be read.") from error
        if sorted(file.namelist()) != sorted([*self.members, MANIFEST]):
            raise Damaged("The archive does not hold what its manifest lists.")
        for name in self.members:
            _refuse_wandering(name)

    def unpack(self, name: str, target: Path) -> None:
        """Write one member to a new file, private to its owner. Raises Damaged when it is not what the manifest says."""
        expected = self.members[name]
        digest, size = hashlib.sha256(), 0
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out, self._file.open(name) as member:
            while chunk := member.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > expected["size"]:
                    break
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if (digest.hexdigest(), size) != (expected["sha256"], expected["size"]):
            raise Damaged(f"{name} is not what the manifest says.")


@contextmanager
def reading(path: Path) -> Iterator[ArchiveReader]:
    """Raises Damaged, also when a member turns out to be damaged while it is unpacked."""
    try:
        with path.open("rb") as raw:
            seal = _digest_without_seal(raw)
            raw.seek(-SEAL_BYTES, os.SEEK_END)
            if raw.read() != seal:
                raise Damaged("The archive's seal is broken: it was changed or is not whole.")
            with zipfile.ZipFile(raw) as file:
                yield ArchiveReader(file)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as error:
        raise Damaged(f"The archive cannot be read: {error}") from error


def _digest_without_seal(raw: IO[bytes]) -> bytes:
    """SHA-256, in hexadecimal, of everything but the last 64 bytes."""
    left = raw.seek(0, os.SEEK_END) - SEAL_BYTES
    if left <= 0:
        raise Damaged("The archive is not whole.")
    raw.seek(0)
    digest = hashlib.sha256()
    while left and (chunk := raw.read(min(CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest().encode()


def _refuse_wandering(name: str) -> None:
    path = PurePosixPath(name)
    plain = str(path) == name and not path.is_absolute() and ".." not in path.parts
    if not plain or "\\" in name or ":" in name or "\0" in name:
        raise Damaged(f"The archive holds a member with a forbidden name: {name!r}.")
