"""How numbers, names and declarations are written for people."""
