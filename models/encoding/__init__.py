"""A raw table to arrays: what each column is, decided once on all rows, and what is fitted to training rows."""
