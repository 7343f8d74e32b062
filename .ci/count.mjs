// Sums Vitest's JSON reports: `node count.mjs FAILED REPORT...`, where FAILED is 1 if a step failed that has no report.
// Exits with 1 if a test failed or was skipped, a report is missing or empty, or a step failed.
import { readFileSync } from "node:fs";

const [stepFailed, ...reports] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;

for (const path of reports) {
  const report = read(path);
  if (report === undefined || report.numTotalTests === 0) {
    console.log(`no tests ran for ${path}`);
    failed += 1;
    continue;
  }
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  for (const file of report.testResults) {
    // A file that can't even be loaded has failed, but holds no failed test.
    if (file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed")) {
      console.log(`failed outside of its tests: ${file.name}`);
      failed += 1;
    }
    for (const test of file.assertionResults) {
      if (test.status === "passed" || test.status === "failed") continue;
      console.log(`skipped: ${test.fullName}`);
      skipped += 1;
    }
  }
}
if (stepFailed === "1" && failed === 0) failed = 1;

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || skipped > 0 ? 1 : 0;

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
