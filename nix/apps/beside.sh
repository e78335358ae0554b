# shellcheck shell=bash
# What both apps share. `beside WHAT`: ends the run where ./WHAT would be copied into the Nix store, which Nix does with
# all there is beside a flake that is in no repository.
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

beside() {
  if [ -n "${secrets:-}" ] && [ -e flake.nix ] && ! in_repository; then
    echo "error: ./$1 would be copied into the Nix store with the rest of this directory, which is no repository" >&2
    echo "  help: \`git init\` it first, and keep $1 out of it; or choose another place with --output DIR" >&2
    exit 2
  fi
}
