"""A disk without room takes no file, keeps half of none, and costs nobody their text; once there is room, the next press goes through."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from edn_portal.operations import evidence_folder as folder_module
from projects.actions.evidence import NOT_STORED
from projects.models import Evidence, FollowUp, Request
from tests.projects.actions.test_evidence import PDF

LARGE = PDF[:9] + b"% " + b"x" * 3 * 1024**2 + b"\n" + PDF[9:]  # too large to be kept in memory while it arrives


class Full:
    """A file on a disk without room: what is written into it raises when it must be on the disk."""

    def __init__(self, descriptor: int, mode: str) -> None:
        self.file = open(descriptor, mode)  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> "Full":
        return self

    def __exit__(self, *error: Any) -> None:
        self.file.close()

    def write(self, data: bytes) -> None:
        self.file.write(data[:10])
        no_room()


def no_room(*arguments: Any, **options: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_only(*arguments: Any, **options: Any) -> Any:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


WHERE = {
    "open": (folder_module.os, "open", read_only),
    "write": (folder_module.os, "fdopen", Full),
    "fsync": (folder_module.os, "fsync", no_room),
    "rename": (Path, "rename", no_room),
}
WHERE_ARRIVING = ("new_file", "receive_data_chunk", "file_complete")


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("where", WHERE)
def test_evidence_that_finds_no_room_is_said_at_its_field(
    cast: Any, evidence_folder: Path, monkeypatch: Any, caplog: Any, where: str
) -> None:
    task, client, before = cast.task(), cast.client("focal point"), files(evidence_folder)
    address = f"/en/tareas/{task.code}/seguimiento/"

    def send() -> Any:
        words = {"progress": "40", "done": "Se instalaron 40 sitios.", "next_step": "Licitar.", "attach": ""}
        revision = FollowUp.objects.filter(task=task).values_list("revision", flat=True).first()
        upload = SimpleUploadedFile("oficio.pdf", PDF)
        return client.post(address, words | {"file": upload} | ({} if revision is None else {"revision": revision}))

    target, name, fault = WHERE[where]
    with monkeypatch.context() as patch:
        fault_only_below(patch, target, name, fault, evidence_folder)
        response = send()
        assert response.status_code == 200
        assert response.context["form"].errors == {"file": [f"“oficio.pdf”: {NOT_STORED}"]}
        assert client.get("/").status_code == 200
    assert FollowUp.objects.get(task=task).done == "Se instalaron 40 sitios."
    assert (files(evidence_folder), Evidence.objects.count()) == (before, 0)
    assert "could not be written" in caplog.text
    assert send().status_code == 302
    assert len(files(evidence_folder) - before) == Evidence.objects.count() == 1


def fault_only_below(patch: Any, target: Any, name: str, fault: Any, folder: Path) -> None:
    """Let `fault` take the place of a function of the system's, of which pytest and Django keep the real one elsewhere."""
    real = getattr(target, name)

    def instead(*arguments: Any, **options: Any) -> Any:
        first = arguments[0]
        place = os.readlink(f"/proc/self/fd/{first}") if isinstance(first, int) else str(first)
        return (fault if place.startswith(str(folder)) else real)(*arguments, **options)

    patch.setattr(target, name, instead)


def test_a_request_that_finds_no_room_for_its_files_is_not_made_and_keeps_its_text(
    cast: Any, evidence_folder: Path, monkeypatch: Any
) -> None:
    task, client, before = cast.task(), cast.client("focal point"), files(evidence_folder)
    address = f"/en/tareas/{task.code}/reprogramar/"
    page = client.get(address).context["form"]
    words = {"to_due": "2030-01-31", "category": "procurement", "reason": "La licitación se declaró desierta."}
    sent = words | {"form_key": str(page["form_key"].value())}
    saved = []

    def second_finds_none(self: Any, name: str, content: Any) -> str:
        if saved:
            no_room()
        saved.append(name)
        return real(self, name, content)

    real = folder_module.EvidenceFolder._save
    uploads = [SimpleUploadedFile("uno.pdf", PDF), SimpleUploadedFile("dos.pdf", PDF + b"\n")]
    with monkeypatch.context() as patch:
        patch.setattr(folder_module.EvidenceFolder, "_save", second_finds_none)
        response = client.post(address, sent | {"file": uploads})
    assert (response.status_code, len(saved)) == (409, 1)
    again = "Choose uno.pdf, dos.pdf again: your text was kept, a page cannot keep files."
    assert response.context["form"].errors == {"file": [str(NOT_STORED), again]}
    assert words["reason"] in response.text
    assert (files(evidence_folder), Request.objects.count()) == (before, 0)


@pytest.mark.parametrize("where", WHERE_ARRIVING)
def test_a_file_for_which_there_is_no_room_while_it_arrives_is_said_too(
    cast: Any, monkeypatch: Any, where: str
) -> None:
    task, client = cast.task(), cast.client("focal point")
    real, left = getattr(TemporaryFileUploadHandler, where), []

    def full(self: Any, *arguments: Any, **options: Any) -> Any:
        real(self, *arguments, **options)
        left.append(Path(self.file.temporary_file_path()))
        no_room()

    monkeypatch.setattr(TemporaryFileUploadHandler, where, full)
    upload = SimpleUploadedFile("oficio.pdf", LARGE)
    words = {"progress": "40", "done": "Se instalaron 40 sitios.", "file": upload}
    response = client.post(f"/en/tareas/{task.code}/seguimiento/", words)
    assert response.status_code == 200
    assert response.context["form"].errors == {"file": [f"“oficio.pdf”: {NOT_STORED}"]}
    assert FollowUp.objects.get(task=task).done == "Se instalaron 40 sitios."
    assert left
    assert not any(path.exists() for path in left)
    monkeypatch.undo()
    upload.seek(0)
    words |= {"file": upload, "revision": FollowUp.objects.get(task=task).revision}
    assert client.post(f"/en/tareas/{task.code}/seguimiento/", words).status_code == 302
    assert Evidence.objects.get().size == len(LARGE)
