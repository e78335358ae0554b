# shellcheck shell=bash
# The builder of a check: shellcheck has nothing to say about the scripts in $src.
set -eo pipefail
cd "${src:?}"
find . -type f | sort | while read -r file; do
  if head -c 64 "$file" | head -n 1 | grep -qE '^#!.*\b(ba)?sh\b|^# shellcheck shell='; then
    printf '%s\n' "$file"
  fi
done >"$TMPDIR/scripts"
xargs -d '\n' shellcheck <"$TMPDIR/scripts"
touch "${out:?}"
