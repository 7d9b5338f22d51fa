#!/usr/bin/python3
"""The command that the wheel would have installed."""
import sys

from ray.scripts.scripts import main

sys.exit(main())
