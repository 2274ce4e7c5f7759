"""The tables that can be taken away, one file a noun: their columns, and their rows as the lists' filters found them."""

from projects.tables import agencies, commitments, follow_ups, projects, tasks

# In the order in which they are shown.
TABLES = (commitments.TABLE, tasks.TABLE, follow_ups.TABLE, projects.TABLE, agencies.TABLE)
