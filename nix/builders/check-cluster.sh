# shellcheck shell=bash
# The builder of a check: what `tinderbox check` has to say of the cluster.json in $file.
told tinderbox check "${file:?}"
touch "${out:?}"
