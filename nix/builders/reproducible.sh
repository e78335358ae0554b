# shellcheck shell=bash
# The builder of a check: for each cluster.json in $files two builds in different circumstances are the same, modes
# included. Keys are made for this alone and never leave the build directory.
set -eo pipefail
listing() {
  (cd "$1" && find . -exec stat --format '%n %a' {} + | sort && find . -type f -exec sha256sum {} + | sort)
}

# shellcheck disable=SC2154 # a list of paths without spaces, from the derivation
for file in $files; do
  work=$(mktemp -d)
  mkdir -p "$work/elsewhere/deeper"
  make_keys "$file" "$work/secrets"
  keys=()
  if [ -d "$work/secrets" ]; then
    keys=(--secrets "$work/secrets")
  fi
  tinderbox build "$file" --output "$work/one" "${keys[@]}"
  (
    umask 077
    cd "$work/elsewhere/deeper"
    TZ=Asia/Tokyo LC_ALL=tr_TR.UTF-8 SOURCE_DATE_EPOCH=1234567890 HOME=/nowhere \
      tinderbox build - --output two "${keys[@]}" <"$file"
  )
  diff <(listing "$work/one") <(listing "$work/elsewhere/deeper/two")
done
touch "${out:?}"
