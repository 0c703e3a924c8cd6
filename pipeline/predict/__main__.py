"""``python -m pipeline.predict``."""

import sys

from pipeline.predict.command import main

if __name__ == "__main__":
    sys.exit(main())
