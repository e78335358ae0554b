# shellcheck shell=bash
# The builder of boot media: $file is the cluster.json, $maker who makes them, $node the node if it is for one alone.
arguments=("${file:?}" --output media --maker "${maker:?}")
if [ -n "${node:-}" ]; then
  arguments+=(--node "$node")
fi
status=0
tinderbox build "${arguments[@]}" 2>problems || status=$?
if [ "$status" -ne 0 ]; then
  tell 0 <problems
  exit "$status"
fi
tell 1 <problems
mv media "${out:?}"
