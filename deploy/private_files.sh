#!/bin/sh
# Copies the files of a mounted Secret into a folder where they belong to this user, with mode 0600.
#
#   private_files.sh SOURCE TARGET               once
#   private_files.sh SOURCE TARGET SECONDS       then copy changed files again, with this pause
#
# A pod that is not root reads a Secret through its group (fsGroup), for which Kubernetes widens 0600 to 0640.
set -eu
umask 077

source=$1 target=$2

copy() {
    for file in "$source"/*; do
        name=${file##*/}
        # One rename each: a new connection finds the old file or the new one, never a part.
        if ! cmp -s "$file" "$target/$name"; then
            cp -L "$file" "$target/.$name.new" && chmod 0600 "$target/.$name.new" &&
                mv -f "$target/.$name.new" "$target/$name" && echo "private_files: copied $name" || return 1
        fi
    done
}

copy
[ "$#" -ge 3 ] || exit 0
trap 'exit 0' TERM INT
while true; do
    sleep "$3" &
    wait $!
    copy || echo "private_files: could not copy; the next try is in $3 s" >&2
done
