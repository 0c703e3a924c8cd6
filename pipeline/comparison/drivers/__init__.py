"""What drives it: which columns the chosen candidate uses on rows it has not seen, and how its answer follows them."""
