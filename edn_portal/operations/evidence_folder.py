"""The private folder of evidence: a file is in it whole and safe from a power cut, or not at all."""

import os
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

PARTIAL = ".partial"


class EvidenceFolder(FileSystemStorage):
    """Django's own, which leaves half a file when the disk is full. What a killed process leaves, `sweep_evidence` finds."""

    def _save(self, name: str, content: File) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + PARTIAL)
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self.file_permissions_mode or 0o600)
            with os.fdopen(descriptor, "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            draft.rename(path)
            _keep_name(path.parent)
        except BaseException:
            for left in (draft, path):
                left.unlink(missing_ok=True)
            raise
        return name


def _keep_name(folder: Path) -> None:
    """A file's name is the folder's content, and as unsafe as that."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
