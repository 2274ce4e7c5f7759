"""The ledger of what is made up: the same text and hashes as a verb's, streamed instead of saved one by one.

Each entry is read as it is written: what is derived from the ledger is streamed beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from django.db.models import Model

from edn_portal.scale.bulk_rows import BATCH, BulkRows, RowValues, Sheet
from focalpoints import clock
from focalpoints.ledger import projections, record
from focalpoints.ledger.record import Moments, PlaceInLedger, PublicState
from focalpoints.models import Annex, Entry, LedgerHead, User
from projects.models import Commitment, Task


@dataclass(slots=True)
class Chain:
    """How many entries a subject has, and the hash of its last."""

    nth: int = 0
    last: str = record.START


class Book:
    """Goes on where the ledger ends. `close` sets the head: until then nothing that it wrote counts."""

    def __init__(self, rows: BulkRows) -> None:
        head = LedgerHead.objects.get(pk=1)
        self.seq, self.digest = head.seq, head.digest
        self.at = head.at and head.at.astimezone(clock.ZONE)
        self.rows = rows
        self.salts = Random("salts")  # noqa: S311 - what they hide is made up
        self.replay = projections.begin_anew()
        self.sheets = {table: Sheet(table.model._meta.db_table, table.columns) for table in projections.tables()}
        self.codes: dict[type[Model], dict[Any, int]] = {
            model: self.replay.codes(model, "code") for model in (Commitment, Task)
        }

    @property
    def tables(self) -> set[str]:
        """That it fills."""
        return {Entry._meta.db_table, Annex._meta.db_table} | {sheet.table for sheet in self.sheets.values()}

    def number(self, model: type[Model], code: str) -> int:
        """A new row's key; entries name the row by its code."""
        pk = self.codes[model][code] = self.rows.number(model)
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
        self.replay.read(made.said)
        if len(self.replay.finished) >= BATCH:
            self._put(self.replay.take())
        self.seq, self.digest, self.at, chain.last = self.seq + 1, made.digest, at, made.hash

    def close(self) -> None:
        self._put(self.replay.rest())
        self.rows.finish()
        LedgerHead.objects.filter(pk=1).update(seq=self.seq, digest=self.digest, at=self.at)

    def _put(self, derived: Iterable[tuple[projections.ProjectedTable, RowValues]]) -> None:
        for table, row in derived:
            self.rows.put(self.sheets[table], row)
