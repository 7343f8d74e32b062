import fc from "fast-check";
import { runs } from "./fuzz.ts";

// For properties that say no number themselves; fast-check's own is 100.
fc.configureGlobal({ numRuns: runs(100), seed: 20_260_101 });
