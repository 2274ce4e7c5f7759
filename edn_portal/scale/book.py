"""The ledger of what is made up: the same text and hashes as a verb's, streamed instead of saved one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from focalpoints import clock, ledger
from focalpoints.ledger import Moments, Place, PublicState
from focalpoints.models import LedgerHead, User

from .rows import Rows


@dataclass(slots=True)
class Chain:
    """How many entries a subject has, and the hash of its last."""

    nth: int = 0
    last: str = ledger.START


class Book:
    """Goes on where the ledger ends. `close` sets the head: until then nothing that it wrote counts."""

    def __init__(self, rows: Rows) -> None:
        head = LedgerHead.objects.get(pk=1)
        self.seq, self.digest = head.seq, head.digest
        self.at = head.at and head.at.astimezone(clock.ZONE)
        self.rows = rows
        self.salts = Random("salts")  # noqa: S311 - what they hide is made up

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
        entry, annex = ledger.written(
            verb,
            subject,
            Place(self.seq + 1, self.digest, chain.nth, chain.last),
            Moments(at, at),
            salt=self.salts.randbytes(16).hex(),
            by=by,
            office=office,
            private=private,
            dossier=dossier,
        )
        self.rows.add(entry)
        self.rows.add(annex)
        self.seq, self.digest, self.at, chain.last = entry.seq, entry.digest, at, entry.hash

    def close(self) -> None:
        LedgerHead.objects.filter(pk=1).update(seq=self.seq, digest=self.digest, at=self.at)
