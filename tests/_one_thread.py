"""Imported before numpy and FAISS: one thread each.

Over archives of a dozen articles threads only wait for each other, and tests take twice as long.
"""

import os

for library in ("OMP", "OPENBLAS"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
