import { expect, test } from "vitest";
import { formatInitReport, formatReport } from "./platform-log.ts";

const report = { requestId: "ID", durationMs: 1.234, memoryMb: 128, maxMemoryUsedMb: 30 };

test("REPORT ends each field with a tab and bills whole milliseconds", () => {
  expect(formatReport(report)).toBe(
    "REPORT RequestId: ID\tDuration: 1.23 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 30 MB\t",
  );
});

test("the first REPORT names the init duration last and bills it", () => {
  expect(formatReport({ ...report, initDurationMs: 99.987 })).toBe(
    "REPORT RequestId: ID\tDuration: 1.23 ms\tBilled Duration: 102 ms\tMemory Size: 128 MB\tMax Memory Used: 30 MB\tInit Duration: 99.99 ms\t",
  );
});

test("a failed invocation's REPORT says how it failed", () => {
  expect(formatReport({ ...report, failure: { status: "timeout" } })).toMatch(
    /\tMax Memory Used: 30 MB\tStatus: timeout$/,
  );
  expect(formatReport({ ...report, failure: { status: "error", errorType: "Runtime.ExitError" } })).toMatch(
    /\tStatus: error\tError Type: Runtime.ExitError$/,
  );
});

test("INIT_REPORT names the phase and the failure", () => {
  expect(formatInitReport(9999.99, "init", { status: "timeout" })).toBe(
    "INIT_REPORT Init Duration: 9999.99 ms\tPhase: init\tStatus: timeout",
  );
  expect(formatInitReport(5, "invoke", { status: "error", errorType: "Runtime.ExitError" })).toBe(
    "INIT_REPORT Init Duration: 5.00 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError",
  );
});
