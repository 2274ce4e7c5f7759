"""How does a page of evidence look? Drawn on demand, in a process of its own that may take little time and memory."""
