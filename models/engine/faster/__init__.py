"""Measured reworkings of a net that train faster and stay the same net."""
