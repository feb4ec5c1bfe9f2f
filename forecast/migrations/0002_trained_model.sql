-- What the models have learnt, so that a service that starts again answers at once. A copy: training makes it anew.
CREATE TABLE trained_model (
  key text PRIMARY KEY,
  format text NOT NULL,
  until bigint NOT NULL,
  trained text NOT NULL
);
