#!/bin/sh
# Applies the manifests in a directory to the cluster, and again whenever one of them changes.
#
# ADDONS      the directory; its files *.yaml, *.yml and *.json are applied in the order of their names
# KUBECTL     the command, as `/hyperkube kubectl`
# KUBECONFIG  what kubectl finds the API server by
# POLL        seconds between looks
#
# Whatever fails is tried again at the next look. Several of these may run at a time: what is applied twice is the same.
set -u
: "${ADDONS:?}" "${KUBECTL:?}" "${POLL:?}"
# The order of names must be the same everywhere.
export LC_ALL=C

# A shell runs a trap only between commands, and while it waits for a child; so every command that takes long is such a
# child.
child=
run() {
  "$@" &
  child=$!
  wait "$child"
  set -- "$?"
  child=
  return "$1"
}
stop() {
  [ -z "$child" ] || kill "$child" 2>/dev/null
  exit 0
}
trap stop TERM INT

kubectl() {
  # The command is several words.
  # shellcheck disable=SC2086
  run $KUBECTL "$@"
}

apply() {
  failed=0
  for file in "$@"; do
    # By itself, so that one that is wrong keeps no other from being applied.
    kubectl apply -f "$file" || failed=$((failed + 1))
  done
  [ "$failed" -eq 0 ] && return
  echo "$failed of $# manifests could not be applied, trying again in $POLL s" >&2
  return 1
}

applied=
waiting=no
while :; do
  set --
  for file in "$ADDONS"/*; do
    case $file in
      *.yaml | *.yml | *.json) [ -f "$file" ] && set -- "$@" "$file" ;;
    esac
  done
  # What is changed after this is found changed at the next look. cksum is in POSIX, and so in every image.
  contents=
  [ "$#" -eq 0 ] || contents=$(cksum "$@")
  if [ "$contents" != "$applied" ]; then
    if [ "$#" -eq 0 ]; then
      applied=
    elif kubectl get --raw /healthz >/dev/null 2>&1; then
      waiting=no
      if apply "$@"; then
        applied=$contents
        echo "applied $# manifests"
      fi
    elif [ "$waiting" = no ]; then
      waiting=yes
      echo "waiting for the API server"
    fi
  fi
  run sleep "$POLL"
done
