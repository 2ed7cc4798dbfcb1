"""`run.py app`: a page to predict, steer, compose and play with, served on this machine."""
