#!/bin/sh
# installManPage FILE...: as nixpkgs' hook of this name.
set -eu
for page in "$@"; do
  directory=${out:?}/share/man/man${page##*.}
  mkdir -p "$directory"
  cp "$page" "$directory/"
done
