"""How does a page take input, and how does it give what it has? Forms, typed text that must not get lost, rendered pages that are kept."""
