"""What does each page and verb cost? Measured over HTTP on a running server: `manage.py bench`."""
