"""What stood on any day, and who gets a notice of what? Tables that are computed from the ledger's public texts alone."""
