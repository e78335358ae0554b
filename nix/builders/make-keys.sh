# shellcheck shell=bash
# make_keys FILE DIRECTORY: the keys that the cluster.json needs, in a directory that is not there before and is not
# there afterwards either where none are needed. What others would give is made here too: the authority of an etcd that
# is not described, by openssl.
make_keys() {
  local said
  said=$(mktemp)
  case $1 in
    *external-etcd.json)
      (umask 077 && mkdir -p "$2")
      printf '[req]\ndistinguished_name = name\nx509_extensions = ca\n[name]\n[ca]\n%s\n%s\n' \
        'basicConstraints = critical, CA:true' 'keyUsage = critical, keyCertSign, cRLSign' >"$said"
      openssl req -x509 -config "$said" -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
        -subj "/CN=somebody's etcd" -keyout "$2/etcd-ca.key" -out "$2/etcd-ca.crt" 2>/dev/null
      ;;
  esac
  tinderbox keys "$1" --output "$2" 2>"$said" || {
    cat "$said" >&2
    return 1
  }
}
