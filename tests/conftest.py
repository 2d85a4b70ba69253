"""What all tests share."""

import os

# One thread, as the lab itself sets it: with two, nets this small run up to a hundred times slower on a busy machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")
