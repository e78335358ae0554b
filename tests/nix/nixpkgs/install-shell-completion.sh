#!/bin/sh
# installShellCompletion --cmd NAME --bash FILE --fish FILE --zsh FILE: as nixpkgs' hook of this name.
set -eu
share=${out:?}/share name=
while [ $# -gt 0 ]; do
  case $1 in
    --cmd) name=$2 ;;
    --bash) file=$share/bash-completion/completions/$name.bash ;;
    --fish) file=$share/fish/vendor_completions.d/$name.fish ;;
    --zsh) file=$share/zsh/site-functions/_$name ;;
    *) exit 1 ;;
  esac
  if [ "$1" != --cmd ]; then
    mkdir -p "${file%/*}"
    cat "$2" >"$file"
    [ -s "$file" ]
  fi
  shift 2
done
