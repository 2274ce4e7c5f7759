"""Who is reminded of what, on which business day, and why? The messages are planned, composed and sent from here."""
