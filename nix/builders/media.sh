# shellcheck shell=bash
# The builder of boot media: $file is the cluster.json, $maker who makes them, $node the node if it is for one alone.
arguments=("${file:?}" --output media --maker "${maker:?}")
if [ -n "${node:-}" ]; then
  arguments+=(--node "$node")
fi
told tinderbox build "${arguments[@]}"
mv media "${out:?}"
