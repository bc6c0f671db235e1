#!/bin/sh
# A virtual environment at $1 by the python given as $2, else by the first python from 3.10 to 3.13 that there is.
set -eu

folder=$1
fits='import sys, ensurepip, venv; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))'

if [ -x "$folder/bin/python" ] && "$folder/bin/python" -c "$fits" 2>/dev/null && "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
  exit 0
fi
for python in ${2:-python3 python3.13 python3.12 python3.11 python3.10}; do
  if command -v "$python" >/dev/null 2>&1 && "$python" -c "$fits" 2>/dev/null; then
    echo "Creating $folder with $("$python" --version)"
    exec "$python" -m venv "$folder"
  fi
done
echo "No Python from 3.10 to 3.13 with the venv module was found: install one (Debian: apt-get install python3-venv), then run make again." >&2
exit 1
