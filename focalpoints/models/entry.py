from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from focalpoints.models.user import User


class LedgerHead(models.Model):
    """The ledger's last entry, in a single row. A verb locks it before anything else, so writes come one after another."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)
    # SHA-256 over the digest before and the last entry's hash: it shows when entries were deleted, at the end or in between.
    digest = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_ledger_head")]

    def __str__(self) -> str:
        return f"{self.seq} {self.digest}"


class Backwards(models.Func):
    """An entry's number as a negative: an index over it finds the newest entries first."""

    template = "(-%(expressions)s)"
    output_field = models.BigIntegerField()


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, subject_type: str, subject: str) -> "EntryQuerySet":
        """All entries about one subject, oldest first."""
        return self.filter(subject_type=subject_type, subject=subject).order_by("seq")

    def filed_under(self, dossier: str) -> "EntryQuerySet":
        """Everything that happened to a commitment, its tasks and follow-ups; newest first."""
        return self.filter(dossier=dossier).order_by("-seq")

    def of_type(self, subject_type: str) -> "EntryQuerySet":
        """All entries about subjects of this type, newest first.

        Ordered by the expression of its own index. Ordered by `-seq`, PostgreSQL would walk the whole ledger backwards, hoping to meet
        one soon; the last may lie two million entries back.
        """
        return self.filter(subject_type=subject_type).order_by(Backwards("seq"))

    def announcing_redactions(self) -> "EntryQuerySet":
        """Entries that say which other entries were redacted."""
        return self.exclude(text__contains='"redacts":[]')


class Entry(models.Model):
    """An entry (asiento) of the ledger (bitácora): what happened, as a text that a stranger can hash again. Never changed or deleted.

    The other columns repeat parts of `text` so that the database can search them; `verify_ledger` checks that they agree.
    """

    seq = models.BigIntegerField(primary_key=True)
    subject_type = models.CharField(max_length=20)
    subject = models.CharField(max_length=80)
    nth = models.PositiveIntegerField()
    dossier = models.CharField(max_length=100)
    verb = models.CharField(max_length=40)
    office = models.CharField(max_length=40)
    state = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField(_("business time"))
    recorded_at = models.DateTimeField(_("system time"))
    text = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="entries")

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["seq"]
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject", "nth"], name="entry_is_the_nth_of_its_subject"),
            models.UniqueConstraint(fields=["hash"], name="entry_hash_is_unique"),
            models.CheckConstraint(condition=Q(seq__gte=1) & Q(nth__gte=1), name="entry_counts_from_one"),
        ]
        indexes = [
            models.Index(fields=["dossier", "-seq"], name="entry_dossier"),
            models.Index(fields=["at", "seq"], name="entry_at"),
            models.Index("subject_type", Backwards("seq"), name="entry_of_type"),
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def folio(self) -> str:
        return folio(self.seq, self.hash)


def folio(seq: int, hash: str) -> str:
    """The number of a receipt, which `/verificar/` checks: the entry's number and the first eight digits of its hash."""
    return f"EDN-{seq:06d}-{hash[:8].upper()}"


class Annex(models.Model):
    """The private part of an entry: who acted, comments and other free text. The entry holds only its salted hash: it can be redacted."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="annex")
    salt = models.CharField(max_length=32, blank=True)
    content = models.TextField(blank=True)

    class Meta:
        constraints = [
            # Salt and content are both there, or both were emptied by a redaction.
            models.CheckConstraint(
                condition=Q(salt="", content="") | (~Q(salt="") & ~Q(content="")), name="annex_is_whole_or_redacted"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}"

    @property
    def is_redacted(self) -> bool:
        return not self.salt
