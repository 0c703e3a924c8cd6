"""The stages, one public function each; ``run.py`` calls them in order."""
