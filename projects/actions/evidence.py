"""Verbs on evidence: files and links, added one by one to a follow-up that is still being written.

They are not in the ledger by themselves: the submission's entry holds the hash of each file and the address of each link.
"""

import hashlib

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.ledger import in_turn
from focalpoints.models import User
from focalpoints.rules import fresh
from focalpoints.workflow import NotPossible
from projects.models import Evidence, FollowUp
from projects.workflow import MOVES

MAX_EVIDENCE = 10


@in_turn
def attach_link(follow_up: FollowUp, *, by: User, url: str, title: str = "") -> Evidence:
    """Add a link; `url` is http(s), checked by the form."""
    follow_up, by = _writable(follow_up, by=by, room_for=1)
    _touch(follow_up)
    return Evidence.objects.create(
        follow_up=follow_up, url=url, title=title or url[:200], added_by=by, added_at=clock.now()
    )


def attach_file(follow_up: FollowUp, *, by: User, upload: UploadedFile, content_type: str, title: str = "") -> Evidence:
    """Add a file whose extension and content the form found to agree. Its name on disk is generated; its SHA-256 (hex) is kept."""
    _writable(follow_up, by=by, room_for=1)  # refused before the bytes are copied
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    evidence = Evidence(
        follow_up=follow_up,
        title=(title or upload.name or "")[:200],
        size=upload.size,
        sha256=digest.hexdigest(),
        content_type=content_type,
        added_by=by,
        added_at=clock.now(),
    )
    # Written before the transaction: nobody waits for the ledger while 25 MB are copied.
    evidence.file.save(upload.name, upload, save=False)
    try:
        _keep(evidence, by=by)
    except BaseException:
        evidence.file.storage.delete(evidence.file.name)
        raise
    return evidence


@in_turn
def _keep(evidence: Evidence, *, by: User) -> None:
    evidence.follow_up, _by = _writable(evidence.follow_up, by=by, room_for=1)
    evidence.save(force_insert=True)
    _touch(evidence.follow_up)


@in_turn
def remove_evidence(evidence: Evidence, *, by: User) -> None:
    """Take a proof off a follow-up that is still being written; what an earlier submission held stays as a hash in the ledger."""
    follow_up, by = _writable(evidence.follow_up, by=by)
    storage, name = evidence.file.storage, evidence.file.name
    evidence.delete()
    _touch(follow_up)
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def _writable(follow_up: FollowUp, *, by: User, room_for: int = 0) -> tuple[FollowUp, User]:
    """The row and the person, read again; raises unless this person may write on it now and it has room."""
    by = fresh(by)
    follow_up = FollowUp.objects.select_related("task").get(pk=follow_up.pk)
    if not MOVES["submit"].allows(by, follow_up):
        raise PermissionDenied
    if not follow_up.is_writable:
        raise NotPossible(MOVES["submit"].wrong_moment)
    if follow_up.evidence.count() + room_for > MAX_EVIDENCE:
        raise NotPossible(_("A follow-up takes up to 10 files and links. Remove one first."))
    return follow_up, by


def _touch(follow_up: FollowUp) -> None:
    FollowUp.objects.filter(pk=follow_up.pk).update(saved_at=clock.now())
