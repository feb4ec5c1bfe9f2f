#!/bin/sh
# Run once by the postgres image on an empty volume: gridx_owner has two databases and nothing else.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  --set "gridx_password=$(cat "$GRIDX_PASSWORD_FILE")" --set "suffix=${DATABASE_SUFFIX:-}" <<'SQL'
CREATE ROLE gridx_owner LOGIN PASSWORD :'gridx_password';
SELECT 'gridx_indexer' || :'suffix' AS indexer, 'gridx_forecast' || :'suffix' AS forecast \gset
CREATE DATABASE :"indexer" OWNER gridx_owner;
CREATE DATABASE :"forecast" OWNER gridx_owner;
REVOKE ALL ON DATABASE :"indexer", :"forecast" FROM PUBLIC;
SQL
