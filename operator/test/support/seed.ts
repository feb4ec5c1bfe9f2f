// Every run draws the same cases, so that a failure is a change of the code; FAST_CHECK_SEED draws others.
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_123) });
