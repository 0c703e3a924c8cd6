"""Measured reworkings of a net that train faster and stay the same net: ``plan.py`` decides which a training takes."""
