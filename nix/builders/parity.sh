# shellcheck shell=bash
# The builder of a check: for each cluster.json in $files the program itself and the toolchain make the same, JSON to
# the byte and the trees in the ISOs. Keys are made for this alone and never leave the build directory.
set -eo pipefail
# shellcheck disable=SC2154 # a list of paths without spaces, from the derivation
for file in $files; do
  work=$(mktemp -d)
  make_keys "$file" "$work/secrets"
  keys=()
  if [ -d "$work/secrets" ]; then
    keys=(--secrets "$work/secrets")
  fi
  for maker in embedded toolchain; do
    tinderbox build "$file" --output "$work/$maker" --maker "$maker" "${keys[@]}"
    for iso in "$work/$maker"/*/config.iso; do
      xorriso -report_about FAILURE -osirrox on -indev "$iso" -extract / "${iso%.iso}.tree"
      chmod -R u+rwX "${iso%.iso}.tree"
      rm "$iso"
    done
    # They have the sums of the ISOs, which are not the same to the byte.
    rm -f "$work/$maker/SHA256SUMS" "$work/$maker/.tinderbox"
  done
  diff -r "$work/embedded" "$work/toolchain"
done
touch "${out:?}"
