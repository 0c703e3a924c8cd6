"""The lecture, worked by hand and by tape."""
