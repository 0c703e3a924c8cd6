"""Whoever loads a net imports this package, and so registers every layer of it."""

import pkgutil
import subprocess
import sys

import models.layers


def test_importing_the_package_imports_every_module_of_it():
    modules = [f"models.layers.{module.name}" for module in pkgutil.iter_modules(models.layers.__path__)]
    code = f"import sys, models.layers; sys.exit(len(set({modules}) - set(sys.modules)))"
    assert len(modules) >= 3
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
