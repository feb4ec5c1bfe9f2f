#!/bin/sh
# Run once by the postgres image on an empty volume: a role each for indexer and forecast service, which has its own database and
# nothing else. Who takes the indexer over, which anybody may ask, has no reading of a home with it.
set -eu
for file in "$INDEXER_PASSWORD_FILE" "$FORECAST_PASSWORD_FILE"; do
  [ -s "$file" ] && [ -r "$file" ] && continue
  echo "$file can't be read by $(id -un) ($(id -u)), or is empty: give it to that user and start with an empty volume again" >&2
  exit 1
done
# psql reads the passwords itself: everybody on the machine can see what is among the arguments.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  --set "suffix=${DATABASE_SUFFIX:-}" <<'SQL'
\set indexer_password `cat "$INDEXER_PASSWORD_FILE"`
\set forecast_password `cat "$FORECAST_PASSWORD_FILE"`
CREATE ROLE gridx_indexer LOGIN PASSWORD :'indexer_password';
CREATE ROLE gridx_forecast LOGIN PASSWORD :'forecast_password';
SELECT 'gridx_indexer' || :'suffix' AS indexer, 'gridx_forecast' || :'suffix' AS forecast \gset
CREATE DATABASE :"indexer" OWNER gridx_indexer;
CREATE DATABASE :"forecast" OWNER gridx_forecast;
REVOKE ALL ON DATABASE :"indexer", :"forecast" FROM PUBLIC;
SQL
