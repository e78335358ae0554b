#!/bin/sh
# Makes the service account key pair of a cluster: $SSL_DIRECTORY/sa.key and sa.pub.
# Each file is written beside its place and then moved there, the public key last, so that a run that was cut short is
# completed by the next one and a private key that is there is kept.
set -eu
umask 022
mkdir -p "$SSL_DIRECTORY"
umask 077
cd "$SSL_DIRECTORY"
if [ ! -s sa.key ]; then
  openssl ecparam -name prime256v1 -genkey -noout -out sa.key.new
  sync
  mv sa.key.new sa.key
fi
openssl pkey -in sa.key -pubout -out sa.pub.new
chmod 0644 sa.pub.new
sync
mv sa.pub.new sa.pub
