"""These statistics on anybody's scores: ``chalktape.judge``."""
