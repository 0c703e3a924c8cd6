"""Images of one's own: a folder of files, or a prepared set, becomes one array that lies on the disk."""
