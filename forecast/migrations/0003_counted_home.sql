-- Homes whose forecasts count in public prices. They enter five owners at a time: see src/forecasts/admission.ts.
CREATE TABLE counted_home (house text PRIMARY KEY, series text NOT NULL);
