"""Verbs on evidence: files and links, added one by one to a follow-up that is still being written, or all at once to a request for a date.

They are not in the ledger by themselves: the submission's entry holds the hash of each file and the address of each link.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.ledger.record import in_turn
from focalpoints.models import User
from focalpoints.rules import fresh
from focalpoints.workflow import NotPossible, Stale
from projects.actions.follow_ups import DISCARDED
from projects.models import Evidence, FollowUp
from projects.workflow import MOVES

MAX_EVIDENCE = 10


@in_turn
def attach_link(follow_up: FollowUp, *, by: User, url: str, title: str = "") -> Evidence:
    """Add a link; `url` is http(s), checked by the form. The same link twice is one."""
    follow_up, by = _writable(follow_up, by=by)
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
    # Refused, or found to be there already, before the bytes are copied.
    follow_up, by = _writable(follow_up, by=by)
    if there := _same_file(follow_up, digest):
        return there
    _refuse_full(follow_up)
    evidence = _unsaved(upload, digest, by=by, content_type=content_type, title=title)
    evidence.follow_up = follow_up
    # Written before the transaction: nobody waits for the ledger while 25 MB are copied.
    evidence.file.save(evidence.title, upload, save=False)
    kept = None
    try:
        kept = _keep(evidence, by=by)
    finally:
        if kept is not evidence:
            evidence.file.storage.delete(str(evidence.file.name))
    return kept


@contextmanager
def written_beforehand(uploads: Sequence[UploadedFile], *, by: User) -> Iterator[list[Evidence]]:
    """Evidence that has its bytes and no row yet, one for each file (the same twice is one); bytes that get no row are removed.

    Each upload's `content_type` is what the form found it to be.
    """
    written: dict[str, Evidence] = {}
    is_kept = False
    try:
        for upload in uploads:
            digest = _digest(upload)
            if digest not in written:
                evidence = _unsaved(upload, digest, by=by, content_type=upload.content_type or "")
                evidence.file.save(evidence.title, upload, save=False)
                written[digest] = evidence
        yield list(written.values())
        is_kept = True
    finally:
        for evidence in written.values():
            if not is_kept or evidence.pk is None:
                evidence.file.storage.delete(str(evidence.file.name))


def _digest(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _unsaved(upload: UploadedFile, sha256: str, *, by: User, content_type: str, title: str = "") -> Evidence:
    name = (title or upload.name or "")[:200]
    return Evidence(title=name, size=upload.size, sha256=sha256, content_type=content_type, added_by=by)


@in_turn
def _keep(evidence: Evidence, *, by: User) -> Evidence:
    """The row, in its turn: another request may have added the same file, or the tenth, while the bytes were copied."""
    follow_up, _by = _writable(evidence.follow_up, by=by)  # type: ignore[arg-type]  # set by `attach_file`
    if there := _same_file(follow_up, evidence.sha256):
        return there
    _refuse_full(follow_up)
    evidence.follow_up, evidence.added_at = follow_up, clock.now()
    evidence.save(force_insert=True)
    _touch(follow_up)
    return evidence


@in_turn
def remove_evidence(evidence: Evidence, *, by: User) -> None:
    """Take a proof off a follow-up that is still being written; what an earlier submission held stays as a hash in the ledger."""
    if evidence.follow_up is None:
        raise NotPossible(_("What proves a request for a date was sent with it and stays."))
    follow_up, by = _writable(evidence.follow_up, by=by)
    there = follow_up.evidence.filter(pk=evidence.pk).first()
    if there is None:  # a second press
        return
    if there.is_redacted:
        raise NotPossible(_("What was redacted stays on record and cannot be removed."))
    storage, name = there.file.storage, there.file.name
    there.delete()
    _touch(follow_up)
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def _writable(follow_up: FollowUp, *, by: User) -> tuple[FollowUp, User]:
    """The row and the person, read again; raises unless this person may write on it now."""
    by = fresh(by)
    found = FollowUp.objects.select_related("task").filter(pk=follow_up.pk).first()
    if found is None:
        raise Stale(DISCARDED)
    follow_up = found
    if not MOVES["submit"].allows(by, follow_up):
        raise PermissionDenied
    if not follow_up.is_writable:
        raise NotPossible(MOVES["submit"].wrong_moment)
    return follow_up, by


def _refuse_full(follow_up: FollowUp) -> None:
    if follow_up.evidence.count() >= MAX_EVIDENCE:
        raise NotPossible(_("A follow-up takes up to 10 files and links. Remove one first."))


def _same_file(follow_up: FollowUp, sha256: str) -> Evidence | None:
    return follow_up.evidence.filter(sha256=sha256, redaction="").first()


def _touch(follow_up: FollowUp) -> None:
    FollowUp.objects.filter(pk=follow_up.pk).update(saved_at=clock.now())
