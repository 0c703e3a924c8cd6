"""``python -m chalktape``: the same as the command ``chalktape``.

Python puts the working directory before all other places that modules come from, and a folder ``models`` is nothing
rare. The command has no use for it, unless it is the clone that this file lies in.
"""

import sys
from pathlib import Path

if Path(sys.path[0]).resolve() == Path.cwd() != Path(__file__).resolve().parents[1]:
    del sys.path[0]

from chalktape.command import main

if __name__ == "__main__":
    sys.exit(main())
