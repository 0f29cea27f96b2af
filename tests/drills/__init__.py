"""Drills: the product under load while something breaks, with figures that others can compute again.

Each is a program of its own (`python -m tests.drills.<name> --help`) that prints one JSON line and keeps what its
clients saw in `.data/drills/`. The tests run the same programs with small numbers, `make drill` with the long ones.
"""
