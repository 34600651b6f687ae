"""Reading and rendering of media files on the local disk."""
