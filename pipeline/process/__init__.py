"""The process and its machine: options, interrupts, where something ran."""
