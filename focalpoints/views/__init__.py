"""Pages of the ledger and of administration, one file a noun."""
