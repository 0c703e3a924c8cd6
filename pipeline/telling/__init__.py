"""Paper and ink: pages, the terminal, files, drawing; no subject of its own."""
