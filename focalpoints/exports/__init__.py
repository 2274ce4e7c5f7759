"""What a person takes away of a page that not everybody may read: by a button, and written down."""
