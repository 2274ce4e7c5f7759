"""The nightly dump: all public tables and the ledger's public texts in files of a day, kept, withdrawn and written anew."""
