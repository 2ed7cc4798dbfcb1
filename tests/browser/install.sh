#!/bin/sh
# Install what the browser tests need: Debian's Chromium, and Python's hand on it.
set -eu
apt-get update
apt-get install --yes --no-install-recommends chromium fonts-dejavu-core
python -m pip install playwright
