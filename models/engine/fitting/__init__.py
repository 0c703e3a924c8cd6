"""The engine's door: what Keras's ``fit`` means, at the engine's speed, or a refusal that names what is in the way."""
