"""What each page and verb costs, measured over HTTP on a running server: `manage.py bench`."""
