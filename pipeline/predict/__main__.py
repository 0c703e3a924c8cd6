"""``python -m pipeline.predict``."""

import sys

from pipeline.predict.command import main
from pipeline.process.door import through

if __name__ == "__main__":
    sys.exit(through(main))
