# shellcheck shell=bash
# `nix run .#keys`: the keys that $cluster needs, in ./secrets unless told otherwise.
set -euo pipefail
output=(--output secrets)
for argument in "$@"; do
  case $argument in
    -o* | --output | --output=*) output=() ;;
  esac
done

in_repository() {
  local directory=$PWD
  while [ -n "$directory" ]; do
    if [ -e "$directory/.git" ] || [ -e "$directory/.hg" ]; then
      return
    fi
    directory=${directory%/*}
  done
  return 1
}

# Of a flake that is in no repository, Nix copies all there is into its store.
if [ "${#output[@]}" -gt 0 ] && [ -n "${secrets:-}" ] && [ -e flake.nix ] && ! in_repository; then
  echo "error: ./secrets would be copied into the Nix store with the rest of this directory, which is no repository" >&2
  echo "  help: \`git init\` it first, and keep secrets out of it; or choose another place with --output DIR" >&2
  exit 2
fi
exec "${tinderbox:?}" keys "${cluster:?}" "${output[@]}" "$@"
