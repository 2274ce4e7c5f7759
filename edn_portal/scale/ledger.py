"""Writes the made-up story's ledger: entries with the text and hashes that the verbs would give them, streamed in batches.

The projections are computed from the same entries and streamed beside them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from django.db.models import Model

from edn_portal.scale.bulk_rows import BATCH, BulkRows
from focalpoints import clock
from focalpoints.ledger import projections, record, replay
from focalpoints.ledger.record import Moments, PlaceInLedger, PublicState
from focalpoints.models import Annex, Entry, LedgerHead, User
from focalpoints.sql.bulk import RowValues
from projects.models import Commitment, Task


@dataclass(slots=True)
class Chain:
    """The entries of one subject so far: how many, and the hash of the last."""

    nth: int = 0
    last: str = record.START


class StreamedLedger:
    """Appends to the ledger from its last entry on. The head moves at `close`: until then, no reader counts the new entries."""

    def __init__(self, rows: BulkRows) -> None:
        head = LedgerHead.objects.get(pk=1)
        self.seq, self.digest = head.seq, head.digest
        self.at = head.at and head.at.astimezone(clock.ZONE)
        self.rows = rows
        self.salts = Random("salts")  # noqa: S311 - the private parts are made up too
        self.replay = replay.begin_anew()
        self.projected = {table: table.bulk for table in projections.tables()}
        self.codes: dict[type[Model], dict[Any, int]] = {
            model: self.replay.codes(model, "code") for model in (Commitment, Task)
        }

    @property
    def tables(self) -> set[str]:
        """The tables that it fills."""
        return {Entry._meta.db_table, Annex._meta.db_table} | {table.name for table in self.projected.values()}

    def new_key(self, model: type[Model], code: str) -> int:
        """A key for a new row; the projections find it by the code, which is what entries name."""
        pk = self.codes[model][code] = self.rows.new_key(model)
        return pk

    def record(
        self,
        verb: str,
        subject: PublicState,
        chain: Chain,
        *,
        at: datetime,
        by: User,
        office: str,
        private: Mapping[str, Any],
        dossier: PublicState | None = None,
    ) -> None:
        if self.at and at < self.at:
            raise ValueError(f"{subject.name}: the ledger's time does not run backwards.")
        chain.nth += 1
        moments = Moments(at, at)
        made = record.composed(
            verb,
            subject,
            PlaceInLedger(self.seq + 1, self.digest, chain.nth, chain.last),
            moments,
            salt=self.salts.randbytes(16).hex(),
            by=by,
            office=office,
            private=private,
            dossier=dossier,
        )
        self.rows.add(Entry, made.entry(moments, by.pk))
        self.rows.add(Annex, made.annex())
        self.replay.read(made.payload)
        if len(self.replay.finished) >= BATCH:
            self._put(self.replay.take())
        self.seq, self.digest, self.at, chain.last = self.seq + 1, made.digest, at, made.hash

    def close(self) -> None:
        self._put(self.replay.rest())
        self.rows.finish()
        LedgerHead.objects.filter(pk=1).update(seq=self.seq, digest=self.digest, at=self.at)

    def _put(self, derived: Iterable[tuple[projections.ProjectedTable, RowValues]]) -> None:
        for table, row in derived:
            self.rows.put(self.projected[table], row)
