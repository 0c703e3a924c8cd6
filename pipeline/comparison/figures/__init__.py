"""The report's figures: each function returns one inline SVG that takes its colors from the page."""
