# shellcheck shell=bash
# `nix run .#keys`: the keys that $cluster needs, in ./secrets unless told otherwise.
set -euo pipefail
output=(--output secrets)
for argument in "$@"; do
  case $argument in
    -o* | --output | --output=*) output=() ;;
  esac
done
if [ "${#output[@]}" -gt 0 ]; then
  beside secrets
fi
exec "${tinderbox:?}" keys "${cluster:?}" "${output[@]}" "$@"
