"""Evidence files without a row are listed, and removed only when asked, old enough and of our own naming."""

import io
import os
import time
import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.storage import default_storage as storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import override_settings

from edn_portal.management.commands.sweep_evidence import strays
from projects import actions

HOUR = 60 * 60


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    """A folder of this test's own."""
    options = settings.STORAGES["default"]["OPTIONS"] | {"location": str(tmp_path / "evidence")}
    with override_settings(
        STORAGES=settings.STORAGES | {"default": settings.STORAGES["default"] | {"OPTIONS": options}}
    ):
        yield tmp_path / "evidence"


def put(name: str, *, hours_old: float) -> str:
    storage.save(name, ContentFile(b"left over"))
    aged(name, hours_old=hours_old)
    return name


def aged(name: str, *, hours_old: float) -> None:
    then = time.time() - hours_old * HOUR
    os.utime(storage.path(name), (then, then))


def new_name() -> str:
    key = uuid.uuid4().hex
    return f"{key[:2]}/{key}"


def test_half_a_file_of_a_killed_server_is_swept_too(db):
    half = put(f"{new_name()}.partial", hours_old=25)
    assert strays(storage) == [half]


def sweep(*options: str) -> str:
    call_command("sweep_evidence", *options, stdout=(out := io.StringIO()))
    return out.getvalue()


def test_what_no_row_holds_is_listed_and_stays(db):
    name = put(new_name(), hours_old=25)
    listed = sweep()
    assert listed == f"{name}  9 bytes\n1 files without a row found; --remove removes them.\n"
    assert sweep("--dry-run") == listed
    assert storage.exists(name)


def test_it_is_removed_when_asked(db):
    name = put(new_name(), hours_old=25)
    assert sweep("--remove") == f"{name}  9 bytes\n1 files without a row removed.\n"
    assert not storage.exists(name)
    assert sweep("--remove") == "0 files without a row removed.\n"


def test_what_a_row_holds_stays(cast):
    upload = SimpleUploadedFile("a.csv", b"a,b\n1,2\n")
    evidence = actions.attach_file(cast.follow_up(), by=cast["focal point"], upload=upload, content_type="text/csv")
    aged(evidence.file.name, hours_old=500)
    assert sweep("--remove") == "0 files without a row removed.\n"
    assert storage.exists(evidence.file.name)


def test_what_may_still_be_waiting_for_its_row_stays(db):
    name = put(new_name(), hours_old=23)
    assert sweep("--remove").startswith("0 files")
    assert storage.exists(name)


@pytest.mark.parametrize(
    "name", ["notes.txt", "ab/notes.txt", "ab/" + "c" * 32, "ab/" + "ab" * 16 + "_x", "AB/" + "AB" * 16]
)
def test_what_somebody_else_put_there_stays(db, name):
    put(name, hours_old=500)
    assert sweep("--remove").startswith("0 files")
    assert storage.exists(name)


def test_a_folder_that_is_not_there_yet_is_empty(db, tmp_path):
    assert strays(FileSystemStorage(location=tmp_path / "nowhere")) == []
    assert sweep() == "0 files without a row found.\n"


def test_one_cannot_ask_for_both(db):
    with pytest.raises(CommandError):
        sweep("--dry-run", "--remove")
