# shellcheck shell=bash
# tell LEVEL: hands each line of standard input to Nix as a message of its own (0 is an error, 1 a warning), which is
# shown at once and before the failure of the build. What runs a builder otherwise does not know such messages.
tell() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    if [ -n "${NIX_LOG_FD:-}" ]; then
      line=${line//[[:cntrl:]]/ }
      line=${line//\\/\\\\}
      line=${line//\"/\\\"}
      printf '@nix {"action":"msg","level":%s,"msg":"%s"}\n' "$1" "$line" >&"$NIX_LOG_FD"
    else
      printf '%s\n' "$line" >&2
    fi
  done
}

# told COMMAND...: runs it, and tells what it has to say: as errors, which end the build, when it fails, else as warnings.
told() {
  local status=0
  "$@" 2>problems || status=$?
  if [ "$status" -ne 0 ]; then
    tell 0 <problems
    exit "$status"
  fi
  tell 1 <problems
}
