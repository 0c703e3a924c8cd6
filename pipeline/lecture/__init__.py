"""The lecture: worked, checked, drawn and told."""
