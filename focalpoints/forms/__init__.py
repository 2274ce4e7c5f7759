"""What may be typed about agencies, people and appointments, and what is said when it is wrong? One file a noun."""
