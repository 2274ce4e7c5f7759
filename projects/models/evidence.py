import uuid

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from focalpoints.models import User
from focalpoints.models.lines import LineColumn
from focalpoints.rules import Person, is_coordinator
from projects.models.follow_up import FollowUp
from projects.models.list_rows import host_of
from projects.models.request import Request


def generated_name(evidence: "Evidence", original_name: str) -> str:
    """The file's name in the private folder. It is ours; the name that the person gave it is only a label."""
    return f"{evidence.key.hex[:2]}/{evidence.key.hex}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: Person) -> "EvidenceQuerySet":
        """Evidence of what this person may see. What an agency adds to a returned follow-up stays its own until it is sent again."""
        # Exists, for each row by itself: PostgreSQL would hash the set of everything visible for the few rows of a page.
        seen = FollowUp.objects.visible_to(user).filter(pk=OuterRef("follow_up")).order_by()
        read = Request.objects.read_by(user).filter(pk=OuterRef("request")).order_by()
        visible = self.filter(Exists(seen) | Exists(read))
        own = Q(follow_up__agency_id__in=user.standing.agency_ids) if isinstance(user, User) else Q(pk=None)
        was_sent = Q(added_at__lte=F("follow_up__submitted_at")) | Q(request__isnull=False)
        if not is_coordinator(user):
            was_sent &= Q(is_hidden=False)
        return visible.filter(own | was_sent)

    def with_other_tasks(self, user: Person) -> "EvidenceQuerySet":
        """Annotate `other_tasks`: how many other tasks the same file or link proves; for coordinators those too that wait for review."""
        states = [FollowUp.State.ACCEPTED] + ([FollowUp.State.SUBMITTED] if is_coordinator(user) else [])
        accepted = self.model.objects.filter(follow_up__state__in=states, is_hidden=False)
        others = accepted.exclude(follow_up__task=OuterRef("follow_up__task"))
        tasks = (
            others.order_by()
            .values(all=Value(1))
            .annotate(tasks=Count("follow_up__task", distinct=True))
            .values("tasks")
        )
        # One index or the other answers; what is neither, because it was redacted, proves nothing.
        same = Case(
            When(url__gt="", then=Subquery(tasks.filter(url=OuterRef("url")))),
            When(redaction="", then=Subquery(tasks.filter(sha256=OuterRef("sha256"), redaction=""))),
        )
        return self.annotate(other_tasks=Coalesce(same, 0))


class Evidence(models.Model):
    """A file or link that proves what a follow-up says or why a date must move."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    follow_up = models.ForeignKey(
        FollowUp, models.PROTECT, null=True, related_name="evidence", verbose_name=_("follow-up")
    )
    request = models.ForeignKey(Request, models.PROTECT, null=True, related_name="evidence", verbose_name=_("request"))
    title = LineColumn(_("title"), max_length=200)
    url = models.URLField(_("link"), max_length=1000, blank=True)
    file = models.FileField(_("file"), upload_to=generated_name, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    # Kept from the public while its redaction is decided.
    is_hidden = models.BooleanField(default=False)
    redaction = LineColumn(_("legal basis of the redaction"), max_length=300, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(follow_up__isnull=False, request=None) | Q(follow_up=None, request__isnull=False),
                name="evidence_proves_one_thing",
            ),
            models.CheckConstraint(
                condition=(Q(url="", redaction="") & ~Q(file="") & ~Q(sha256="") & Q(size__isnull=False))
                | (~Q(url="") & Q(file="", sha256="", redaction=""))
                | (~Q(redaction="") & Q(file="", url="")),
                name="evidence_is_a_file_or_a_link_or_redacted",
            ),
        ]
        # What else the same proof serves for.
        indexes = [
            models.Index(fields=["sha256"], name="evidence_sha256"),
            models.Index(fields=["url"], name="evidence_url"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_redacted(self) -> bool:
        return bool(self.redaction)

    @property
    def host(self) -> str:
        return host_of(self.url)

    @property
    def is_file(self) -> bool:
        """Whether it is a file, also after a redaction removed its bytes: the hash stays."""
        return bool(self.sha256)
