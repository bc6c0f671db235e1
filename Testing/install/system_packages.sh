#!/bin/sh
# The Debian packages named as arguments: installed where they are missing and we may, else named in one line to run.
set -eu

if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "Not a Debian system: see that Chromium, DCMTK, Orthanc and the Mesa OpenGL and EGL drivers are installed."
  exit 0
fi

# A renamed package (libglib2.0-0 is libglib2.0-0t64 since Debian 13) counts through what it provides.
installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}, ${Provides},\n' | sed -n 's/^installed / /p')
missing=""
for package in "$@"; do
  printf '%s\n' "$installed" | grep -qF -e " $package," -e " $package (" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  echo "Installing$missing"
  install() { apt-get install --yes --quiet=2 --no-install-recommends "$@" </dev/null; }
  apt-get update --quiet=2 </dev/null || true
  # shellcheck disable=SC2086  # the list is meant to be split
  if ! install $missing; then  # one that is not to be had keeps none of the others away
    failed=""
    for package in $missing; do
      install "$package" || failed="$failed $package"
    done
    [ -z "$failed" ] || echo "Not installed, as apt-get says above:$failed. What needs them will not work until they are." >&2
  fi
else
  echo "System packages are missing. Run this line, then make again:"
  echo "  sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends$missing'"
fi
