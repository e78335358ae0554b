# shellcheck shell=bash
# The builder of a check: what `tinderbox check` has to say of the cluster.json in $file.
status=0
tinderbox check "${file:?}" 2>problems || status=$?
if [ "$status" -ne 0 ]; then
  tell 0 <problems
  exit "$status"
fi
tell 1 <problems
touch "${out:?}"
