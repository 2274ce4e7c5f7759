"""What was promised and what became of it: projects, commitments, tasks, follow-ups, dates."""
