"""Lintel: a people counter that turns calibrated stereo into counts and keeps nobody's picture."""

__version__ = "0.1.0"
