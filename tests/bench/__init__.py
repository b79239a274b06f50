"""Benches, in processes started as those of the forum are: a library for numbers that waits by turning round would count as work."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
