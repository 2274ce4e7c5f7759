"""The tables of pages that not everybody may read: each holds what its page shows, and is written down when it is taken."""
