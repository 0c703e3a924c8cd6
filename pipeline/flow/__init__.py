"""The one mechanism of all wings: what a flow works at, and how it goes over its candidates."""
