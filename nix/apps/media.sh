# shellcheck shell=bash
# `nix run .#media`: the boot media of $cluster in ./media, with the keys in $secrets where it wants some, unless told
# otherwise.
set -euo pipefail
output=(--output media)
keys=()
if [ -n "${secrets:-}" ]; then
  keys=(--secrets "$secrets")
fi
for argument in "$@"; do
  case $argument in
    -o* | --output | --output=*) output=() ;;
    --secrets | --secrets=*) keys=() ;;
  esac
done
if [ "${#output[@]}" -gt 0 ]; then
  beside media
fi
exec "${tinderbox:?}" build "${cluster:?}" "${output[@]}" "${keys[@]}" "$@"
