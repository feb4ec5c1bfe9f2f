-- Which contract's homes these are.
CREATE TABLE deployment (
  key text PRIMARY KEY
);

-- One row a home that has sent anything: who changes its readings locks it, so that revisions are in order.
CREATE TABLE house_state (
  house text PRIMARY KEY CHECK (house ~ '^0x[0-9a-f]{40}$'),
  revision integer NOT NULL DEFAULT 0,
  -- Counts deletions: what was read before one is void.
  epoch integer NOT NULL DEFAULT 0,
  -- Nothing that began before is taken in again.
  deleted_before bigint NOT NULL DEFAULT 0
);

CREATE TABLE house_profile (
  house text PRIMARY KEY,
  capacity_watts integer CHECK (capacity_watts >= 0),
  tilt_degrees double precision CHECK (tilt_degrees BETWEEN 0 AND 90),
  azimuth_degrees double precision CHECK (azimuth_degrees >= 0 AND azimuth_degrees < 360),
  latitude double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
  longitude double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
  time_zone text NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE reading (
  house text NOT NULL,
  start bigint NOT NULL CHECK (start >= 0),
  length_seconds integer NOT NULL CHECK (length_seconds BETWEEN 60 AND 3600),
  production_wh bigint NOT NULL CHECK (production_wh >= 0),
  consumption_wh bigint NOT NULL CHECK (consumption_wh >= 0),
  temperature_centi_celsius smallint,
  version integer NOT NULL CHECK (version >= 0),
  revision integer NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (house, start)
);
CREATE INDEX reading_house_revision ON reading (house, revision);
CREATE INDEX reading_start ON reading (start);

-- What a correction replaced.
CREATE TABLE reading_version (
  house text NOT NULL,
  start bigint NOT NULL,
  revision integer NOT NULL,
  length_seconds integer NOT NULL,
  production_wh bigint NOT NULL,
  consumption_wh bigint NOT NULL,
  temperature_centi_celsius smallint,
  version integer NOT NULL,
  received_at timestamptz NOT NULL,
  replaced_at timestamptz NOT NULL,
  PRIMARY KEY (house, start, revision)
);

-- The community's hours as they were published. They never change: the difference of two would be a home's.
CREATE TABLE community_hour (
  start bigint NOT NULL,
  tier text NOT NULL CHECK (tier IN ('all', 'none', 'normal', 'essential', 'critical')),
  homes integer NOT NULL CHECK (homes >= 5),
  production_wh bigint NOT NULL,
  consumption_wh bigint NOT NULL,
  capacity_watts bigint NOT NULL,
  PRIMARY KEY (start, tier)
);

CREATE TABLE forecast_issued (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- A home, or "community".
  subject text NOT NULL,
  target text NOT NULL CHECK (target IN ('load', 'pv')),
  model text NOT NULL,
  origin bigint NOT NULL,
  issued_at timestamptz NOT NULL,
  degraded text,
  point_wh double precision[] NOT NULL,
  lower_wh double precision[] NOT NULL,
  upper_wh double precision[] NOT NULL,
  UNIQUE (subject, target, model, origin)
);

CREATE TABLE score (
  forecast_id bigint PRIMARY KEY REFERENCES forecast_issued (id) ON DELETE CASCADE,
  subject text NOT NULL,
  target text NOT NULL,
  model text NOT NULL,
  origin bigint NOT NULL,
  hours integer NOT NULL,
  interval_hours integer NOT NULL,
  covered_hours integer NOT NULL,
  absolute_error_wh double precision NOT NULL,
  square_error double precision NOT NULL,
  pinball_wh double precision NOT NULL,
  actual_wh double precision NOT NULL
);
CREATE INDEX score_subject ON score (subject, target, origin);
CREATE INDEX score_origin ON score (origin);

CREATE TABLE session (
  token_hash text PRIMARY KEY,
  address text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE nonce (
  nonce text PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX nonce_expires ON nonce (expires_at);
