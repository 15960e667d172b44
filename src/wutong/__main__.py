"""``python -m wutong``."""

import sys

from wutong.cli.app import main

sys.exit(main())
