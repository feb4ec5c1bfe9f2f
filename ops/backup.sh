#!/bin/sh
# Writes what no chain can give back, the homes' readings and profiles, to one file: `backup.sh FILE`, or a folder, where it
# gets the time for its name. The database is that of DATABASE_URL or DATABASE_URL_FILE. Sessions are left out: one that was
# ended must not come back with a restore.
set -eu
umask 077
here=$(dirname "$0")
. "$here/database-url.sh"

file=${1:?"backup.sh FILE: give the file to write, or a folder"}
[ ! -d "$file" ] || file=$file/forecast-$(date -u +%Y%m%dT%H%M%SZ).dump
[ ! -e "$file" ] || fail "$file is there already; give a name that is not"
forecast_database || fail "the database has no readings of the forecast service; set DATABASE_URL(_FILE) to its database"

trap 'rm -f "$file.part"' EXIT
pg_dump --format=custom --no-owner --no-privileges --lock-wait-timeout=30s \
  --exclude-table-data=session --exclude-table-data=nonce --file="$file.part" "$url"
# What can't be read back is none.
pg_restore --list "$file.part" >/dev/null || fail "what pg_dump wrote can't be read"
mv "$file.part" "$file"
echo "$file: $(ask 'select count(*) from reading') readings of $(ask 'select key from deployment')"
