#!/bin/sh
# Reads a file of backup.sh into an empty database: `restore.sh FILE`, all of it or nothing. The database is that of
# DATABASE_URL or DATABASE_URL_FILE; one that holds anything is left as it is.
set -eu
here=$(dirname "$0")
. "$here/database-url.sh"

file=${1:?"restore.sh FILE: give the file to read"}
[ -r "$file" ] || fail "$file can't be read"
list=$(pg_restore --list "$file") || fail "$file is no backup that this version of pg_restore ($(pg_restore --version)) reads"
case $list in
*' reading '*) ;;
*) fail "$file has no readings of the forecast service" ;;
esac
tables=$(ask "select count(*) from pg_class where relkind in ('r', 'p', 'v', 'm') and relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'pg_toast')")
[ "$tables" = 0 ] || fail "the database has $tables tables; restore into an empty one, so that nothing is overwritten"

pg_restore --no-owner --no-privileges --single-transaction --exit-on-error --dbname="$url" "$file"
ask "analyze" >/dev/null
echo "$(ask 'select count(*) from reading') readings of $(ask 'select key from deployment'), tables up to $(ask 'select max(name) from forecast_migration')"
