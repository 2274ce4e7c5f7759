"""How is SQL built once and used many times? Prepared queries and writes, faster than building each anew."""
