#!/usr/bin/env bash
# The private authority of compose, and the certificates of its database and of its clients.
#
#   certificates.sh                      create what is missing
#   certificates.sh --renew              renew what expires within RENEW_BEFORE_DAYS, and make the database read it
#   certificates.sh --renew certificates     ... the certificates in any case
#   certificates.sh --renew authority        ... the authority in any case, and so all certificates
#   certificates.sh --watch              renew once a day until stopped
#
# Every file is replaced by one rename, in an order in which both sides of each new connection trust each other,
# so nothing has to be restarted. docs/tls.md explains why.
set -euo pipefail
umask 077

authority=${AUTHORITY_DIRECTORY:-/run/authority} # the authority's key: only this script reads it
database=${DATABASE_DIRECTORY:-/run/key}         # server.pem (certificate and key), authorities.pem
clients=${CLIENTS_DIRECTORY:-/run/tls}           # client.pem, client.key, ca.pem
server_names=${SERVER_NAMES:-DNS:database,DNS:localhost,IP:127.0.0.1}
client_user=${CLIENT_USER:-coffee}
client_uid=${CLIENT_UID:-10001}
days=${CERTIFICATE_DAYS:-90}
authority_days=${AUTHORITY_DAYS:-3650}
renew_before=${RENEW_BEFORE_DAYS:-45}
settle=${SETTLE_SECONDS:-2}
socket=${DATABASE_SOCKET:-/var/run/postgresql}

say() { printf 'certificates: %s\n' "$*"; }

# Succeeds if a certificate is missing or expires within that many days.
ends_within() { # FILE DAYS
    ! openssl x509 -in "$1" -noout -checkend "$(($2 * 86400))" >/dev/null 2>&1
}

# Replace a file in one step: readers see the old one or the new one, never a part.
publish() { # SOURCE TARGET MODE OWNER
    install -m "$3" -o "$4" "$1" "$2.new"
    mv -f "$2.new" "$2"
}

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }

make_authority() {
    new_key "$work/ca.key"
    # Its own name distinguishes it from the previous one, while both are trusted.
    openssl req -x509 -new -key "$work/ca.key" -days "$authority_days" -out "$work/ca.pem" \
        -subj "/CN=coffee payments authority $(date -u +%Y-%m-%dT%H:%M:%SZ)" -addext keyUsage=critical,keyCertSign,cRLSign
    publish "$work/ca.key" "$authority/ca.key" 0600 root
    publish "$work/ca.pem" "$authority/ca.pem" 0644 root
    say "new authority"
}

# Make both sides trust these authorities.
trust() { # FILE...
    cat "$@" >"$work/trusted"
    publish "$work/trusted" "$clients/ca.pem" 0644 root
    publish "$work/trusted" "$database/authorities.pem" 0644 root
}

sign() { # KEY NAME EXTENSIONS OUT
    openssl req -new -key "$1" -subj "/CN=$2" -out "$work/request"
    printf '%s\n' "$3" keyUsage=critical,digitalSignature basicConstraints=critical,CA:false >"$work/extensions"
    openssl x509 -req -in "$work/request" -CA "$authority/ca.pem" -CAkey "$authority/ca.key" -days "$days" \
        -set_serial "0x$(openssl rand -hex 16)" -extfile "$work/extensions" -out "$4" 2>/dev/null
}

issue_server() {
    new_key "$work/server.key"
    sign "$work/server.key" database "subjectAltName=$server_names
extendedKeyUsage=serverAuth" "$work/server.crt"
    # Certificate and key in one file: so they always match.
    cat "$work/server.crt" "$work/server.key" >"$work/server.pem"
    publish "$work/server.pem" "$database/server.pem" 0600 postgres
    say "new certificate for the database, until $(openssl x509 -in "$work/server.crt" -noout -enddate | cut -d= -f2)"
}

issue_client() {
    # The driver opens two files for each connection, so the key stays while the certificate changes.
    if [ ! -s "$clients/client.key" ]; then
        new_key "$work/client.key"
        publish "$work/client.key" "$clients/client.key" 0600 "$client_uid"
    fi
    sign "$clients/client.key" "$client_user" extendedKeyUsage=clientAuth "$work/client.crt"
    publish "$work/client.crt" "$clients/client.pem" 0644 root
    say "new certificate for user $client_user, until $(openssl x509 -in "$work/client.crt" -noout -enddate | cut -d= -f2)"
}

reload() {
    [ -S "$socket/.s.PGSQL.5432" ] || return 0 # not running: it reads the files when it starts
    psql --no-psqlrc --quiet --tuples-only -h "$socket" -U "$client_user" -d "$client_user" \
        -c 'SELECT pg_reload_conf()' >/dev/null
    say "the database reloads its files"
}

make_missing() {
    if [ ! -s "$authority/ca.key" ]; then
        make_authority
        rm -f "$database/server.pem" "$clients/client.pem"
    fi
    if [ ! -s "$clients/ca.pem" ] || [ ! -s "$database/authorities.pem" ]; then trust "$authority/ca.pem"; fi
    if [ ! -s "$database/server.pem" ]; then issue_server; fi
    if [ ! -s "$clients/client.pem" ] || [ ! -s "$clients/client.key" ]; then issue_client; fi
}

renew() { # [certificates | authority]
    make_missing
    if [ "${1:-}" = authority ] || ends_within "$authority/ca.pem" "$((days + renew_before))"; then
        cp "$authority/ca.pem" "$work/before.pem"
        make_authority
        # Both must be trusted before the new one signs.
        trust "$authority/ca.pem" "$work/before.pem"
        reload
        sleep "$settle"
        set -- certificates
    elif openssl verify -CAfile "$authority/ca.pem" "$database/server.pem" "$clients/client.pem" >/dev/null 2>&1; then
        trust "$authority/ca.pem" # no certificate in use is from an older authority
    fi
    if [ "${1:-}" = certificates ] || ends_within "$database/server.pem" "$renew_before"; then
        issue_server
    fi
    if [ "${1:-}" = certificates ] || ends_within "$clients/client.pem" "$renew_before"; then
        issue_client
    fi
    reload
}

# Two runs at the same time would mix their files.
exclusively() (
    flock 9
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    "$@"
) 9>"$authority/lock"

watch() {
    trap 'exit 0' TERM INT
    while true; do
        bash "$0" --renew || say "could not renew; the next try is in ${WATCH_SECONDS:-86400} s"
        sleep "${WATCH_SECONDS:-86400}" &
        wait $!
    done
}

mkdir -p "$authority" "$database" "$clients"
chmod 0700 "$authority"
chmod 0755 "$database" "$clients"
case "${1:-}" in
    "") exclusively make_missing ;;
    --renew)
        case "${2:-}" in
            "" | certificates | authority) exclusively renew "${2:-}" ;;
            *) say "--renew takes 'certificates', 'authority' or nothing" >&2; exit 2 ;;
        esac
        ;;
    --watch) watch ;;
    *) say "unknown argument $1; there are --renew and --watch" >&2; exit 2 ;;
esac
