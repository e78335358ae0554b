# shellcheck shell=bash
# The builder of a check: for each cluster.json in $files the program itself and the toolchain make the same, JSON to
# the byte and the trees in the ISOs. Keys are made for this alone and never leave the build directory.
# What butane compresses is the same when it is unpacked: the bytes between are of Go's compressor.
set -eo pipefail

# unpack: JSON -> the same with a sum of the content in place of each data URL with a compression, which spec 3 alone
# has.
unpack() {
  local line url
  sed 's/"compression":"[a-z]*","source":"data:[^"]*"/\n&\n/g' |
    while IFS= read -r line; do
      url=${line#*\"source\":\"}
      url=${url%\"}
      case $line in
        '"compression":"gzip","source":"'*) base64 -d <<<"${url#*,}" | gzip -dc | sha256sum ;;
        '"compression":"","source":"data:;base64,'*) base64 -d <<<"${url#*,}" | sha256sum ;;
        '"compression":"","source":"data:,'*)
          url=${url#*,}
          printf '%b' "${url//%/\\x}" | sha256sum
          ;;
        *) printf '%s\n' "$line" ;;
      esac
    done
}

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
    for iso in "$work/$maker"/*/*.iso; do
      xorriso -report_about FAILURE -osirrox on -indev "$iso" -extract / "${iso%.iso}.tree"
      chmod -R u+rwX "${iso%.iso}.tree"
      rm "$iso"
    done
    find "$work/$maker" -name config.json | while IFS= read -r json; do
      unpack <"$json" >"$json.unpacked"
      mv "$json.unpacked" "$json"
    done
    # They have the sums of the ISOs, which are not the same to the byte.
    rm -f "$work/$maker/SHA256SUMS" "$work/$maker/.tinderbox"
  done
  diff -r "$work/embedded" "$work/toolchain"
done
touch "${out:?}"
