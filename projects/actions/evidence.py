"""Verbs on evidence: files and links, added one by one to a follow-up that is still being written, or all at once to a request for a date.

They leave no entries of their own: that of the submission, or of the request, holds each file's hash and each link's address.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import User
from focalpoints.workflow import NotPossible, Stale, acting, beside_the_ledger, permitted
from projects.actions.drafts import DISCARDED
from projects.actions.fresh_rows import locked_task
from projects.models import Evidence, EvidenceOpening, FollowUp

logger = logging.getLogger(__name__)
MAX_EVIDENCE = 10
NOT_STORED = _(
    "The file could not be kept: the portal’s disk did not take it. Your text is still here. "
    "Try again in a while, or add a link to where the file lies."
)
# What the entry's annex says of each piece.
ANNEXED = ("title", "url", "sha256", "size")


class NotStored(NotPossible):
    """The disk did not take a file's bytes: it is full, broken or may only be read. None of them are left."""

    def __init__(self) -> None:
        super().__init__(NOT_STORED)


def for_annex(evidence: Evidence) -> dict[str, Any]:
    return {name: getattr(evidence, name) for name in ANNEXED}


@beside_the_ledger
def attach_link(follow_up: FollowUp, *, by: User, url: str, title: str = "") -> Evidence:
    """Add a link; `url` is http(s), checked by the form. The same link twice is one."""
    follow_up, by = _writable(follow_up, "attach", by=by)
    if there := follow_up.evidence.filter(url=url).first():
        return there
    _refuse_full(follow_up)
    _touch(follow_up)
    return Evidence.objects.create(
        follow_up=follow_up, url=url, title=title or url[:200], added_by=by, added_at=clock.now()
    )


def attach_file(follow_up: FollowUp, *, by: User, upload: UploadedFile, content_type: str, title: str = "") -> Evidence:
    """Add a file whose extension and content the form found to agree; the same bytes twice are one.

    Its name on disk is generated; its SHA-256 (hex) is kept.
    """
    digest = _digest(upload)
    # Whatever refuses it does so before the bytes are copied.
    follow_up, by = _writable(follow_up, "attach", by=by)
    if there := _same_file(follow_up, digest):
        return there
    _refuse_full(follow_up)
    evidence = _unsaved(upload, digest, by=by, content_type=content_type, title=title)
    evidence.follow_up = follow_up
    # Written before the transaction: nobody waits for the ledger while 25 MB are copied.
    with _bytes_of([(evidence, upload)]):
        return _attach(evidence, by=by)


@contextmanager
def written_beforehand(uploads: Sequence[UploadedFile], *, by: User) -> Iterator[list[Evidence]]:
    """Evidence whose bytes are written and whose rows are not yet, one for each file; the same file twice is one.

    Each upload's `content_type` is what the form found it to be. Bytes that get no row inside are removed again.
    """
    unsaved: dict[str, tuple[Evidence, UploadedFile]] = {}
    for upload in uploads:
        digest = _digest(upload)
        if digest not in unsaved:
            unsaved[digest] = (_unsaved(upload, digest, by=by, content_type=upload.content_type or ""), upload)
    with _bytes_of(unsaved.values()):
        yield [evidence for evidence, _upload in unsaved.values()]


@contextmanager
def _bytes_of(files: Iterable[tuple[Evidence, UploadedFile]]) -> Iterator[None]:
    """Write the bytes of evidence that has no row yet, and remove those that get none inside."""
    written: list[Evidence] = []
    is_kept = False
    try:
        for evidence, upload in files:
            _write(evidence, upload)
            written.append(evidence)
        yield
        is_kept = True
    finally:
        for evidence in written:
            if not is_kept or evidence.pk is None:
                evidence.file.storage.delete(str(evidence.file.name))


def _write(evidence: Evidence, upload: UploadedFile) -> None:
    try:
        evidence.file.save(evidence.title, upload, save=False)
    except OSError as error:
        logger.exception("A file of evidence could not be written.")
        raise NotStored from error


def _digest(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _unsaved(upload: UploadedFile, sha256: str, *, by: User, content_type: str, title: str = "") -> Evidence:
    name = (title or upload.name or "")[:200]
    return Evidence(title=name, size=upload.size, sha256=sha256, content_type=content_type, added_by=by)


@beside_the_ledger
def _attach(evidence: Evidence, *, by: User) -> Evidence:
    """Write its row. Another request may have added the same file, or the tenth, while the bytes were copied."""
    follow_up, _by = _writable(evidence.follow_up, "attach", by=by)  # type: ignore[arg-type]  # set by `attach_file`
    if there := _same_file(follow_up, evidence.sha256):
        return there
    _refuse_full(follow_up)
    evidence.follow_up, evidence.added_at = follow_up, clock.now()
    evidence.save(force_insert=True)
    _touch(follow_up)
    return evidence


@beside_the_ledger
def remove_evidence(evidence: Evidence, *, by: User) -> None:
    """Take a file or link off a follow-up that is still being written. What was submitted before stays in the ledger, as a hash."""
    if evidence.follow_up is None:
        acting("request.withdraw", evidence.request, by=by)
        raise NotPossible(_("What proves a request for a date was sent with it and stays."))
    follow_up, by = _writable(evidence.follow_up, "remove", by=by)
    there = follow_up.evidence.select_for_update().filter(pk=evidence.pk).first()  # from whoever redacts it
    if there is None:  # a second press
        return
    if there.is_redacted:
        raise NotPossible(_("What was redacted stays on record and cannot be removed."))
    if follow_up.reopenings.filter(accepted_at__gte=there.added_at).exists():
        raise NotPossible(
            _(
                "It proved a follow-up that was accepted once, though in error: it stays on record. Add what is missing to it."
            )
        )
    if there.is_hidden:
        raise NotPossible(_("Its redaction was asked for: it stays until that is decided."))
    delete_bytes(there)
    there.delete()
    _touch(follow_up)


@beside_the_ledger
def open_evidence(evidence: Evidence, *, by: User) -> None:
    """Note that the person opens it from the review queue: what is looked at may then be ticked (`reading/bulk.py`)."""
    by = permitted("evidence.open", evidence, by=by)
    EvidenceOpening.objects.update_or_create(evidence=evidence, person=by, defaults={"at": clock.now()})


def delete_bytes(evidence: Evidence) -> None:
    """Delete a file's bytes once the verb is committed; a link has none."""
    storage, name = evidence.file.storage, evidence.file.name
    if name:
        transaction.on_commit(partial(storage.delete, name))


def _writable(follow_up: FollowUp, verb: str, *, by: User) -> tuple[FollowUp, User]:
    """The follow-up and the person, read again. Raises PermissionDenied, NotPossible or Stale unless they may write on it now.

    In a transaction nobody else writes on it, or sends it, until that ends.
    """
    if connection.in_atomic_block:
        locked_task(follow_up.task_id)
    found = FollowUp.objects.select_related("task").filter(pk=follow_up.pk).first()
    if found is None:
        raise Stale(DISCARDED)
    return found, permitted(f"follow-up.{verb}", found, by=by)


def _refuse_full(follow_up: FollowUp) -> None:
    if follow_up.evidence.count() >= MAX_EVIDENCE:
        raise NotPossible(_("A follow-up takes up to 10 files and links. Remove one first."))


def _same_file(follow_up: FollowUp, sha256: str) -> Evidence | None:
    return follow_up.evidence.filter(sha256=sha256, redaction="").first()


def _touch(follow_up: FollowUp) -> None:
    FollowUp.objects.filter(pk=follow_up.pk).update(saved_at=clock.now())
