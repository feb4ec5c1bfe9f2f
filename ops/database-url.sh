# Read by backup.sh and restore.sh: which database, its password in the environment and not among the arguments that
# everybody on the machine can see, and whether the client is new enough for the server.
fail() {
  echo "$*" >&2
  exit 1
}

if [ -n "${DATABASE_URL_FILE:-}" ]; then
  [ -z "${DATABASE_URL:-}" ] || fail "DATABASE_URL and DATABASE_URL_FILE are both set; set one"
  [ -r "$DATABASE_URL_FILE" ] || fail "DATABASE_URL_FILE: $DATABASE_URL_FILE can't be read"
  DATABASE_URL=$(cat "$DATABASE_URL_FILE")
fi
url=${DATABASE_URL:-}
unset DATABASE_URL
case $url in
postgres://* | postgresql://*) ;;
'') fail "set DATABASE_URL or DATABASE_URL_FILE to the forecast service's database" ;;
*) fail "DATABASE_URL: expected a postgres:// URL" ;;
esac
password=$(printf '%s' "$url" | sed -n 's|^[a-z]*://[^:@/]*:\([^@/]*\)@.*|\1|p')
case $password in
*%*) fail "DATABASE_URL: a password with % can't be handed on; set PGPASSWORD and leave it out of the URL" ;;
?*)
  PGPASSWORD=$password
  export PGPASSWORD
  url=$(printf '%s' "$url" | sed 's|^\([a-z]*://[^:@/]*\):[^@/]*@|\1@|')
  ;;
esac
unset password

ask() {
  psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --command "$1" "$url"
}
forecast_database() {
  [ "$(ask "select count(*) from pg_tables where schemaname = 'public' and tablename in ('reading', 'deployment', 'forecast_migration')")" = 3 ]
}

server=$(ask 'show server_version_num') || fail "the database can't be reached"
client=$(pg_dump --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
[ "$client" -ge $((server / 10000)) ] || fail "pg_dump is of version $client and the server of $((server / 10000)); use one that is at least as new"
