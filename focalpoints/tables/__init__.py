"""Tables that can be taken away: one definition each, three formats (ADR 0035). This app knows none of their nouns but its own."""
