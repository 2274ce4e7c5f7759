"""What happened, who did it, and can it be proved? The append-only, hash-chained ledger (bitácora), and the tables derived from it."""
