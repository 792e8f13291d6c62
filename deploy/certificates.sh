#!/usr/bin/env bash
# Makes a private authority and the database server's certificate for compose; a second run changes nothing.
set -euo pipefail
umask 077
[ -s /run/tls/ca.pem ] && [ -s /run/key/server.key ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj "/CN=coffee payments authority" \
    -keyout ca.key -out ca.pem 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=database" -keyout server.key -out server.csr 2>/dev/null
printf 'subjectAltName=DNS:database,DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' >extensions
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile extensions -out server.pem 2>/dev/null
install -m 0644 ca.pem /run/tls/ca.pem
install -m 0644 server.pem /run/key/server.pem
install -m 0600 -o "$(id -u postgres)" -g "$(id -g postgres)" server.key /run/key/server.key
chmod 0755 /run/tls /run/key
