import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENTRY_POINTS, reportName, writeReports } from "../../scripts/api.mjs";
import { ownSources } from "./sources.ts";

const committed = join(import.meta.dirname, "../../api");
let now: string;

beforeAll(() => {
  now = mkdtempSync(join(tmpdir(), "mayfly-api-"));
  writeReports(now);
});

afterAll(() => {
  rmSync(now, { recursive: true });
});

describe("what an entry point declares is what api/ has, or the change is meant: npm run api", () => {
  test.each(ENTRY_POINTS)("$name", ({ name }) => {
    expect(readFileSync(join(now, reportName(name)), "utf8")).toBe(
      readFileSync(join(committed, reportName(name)), "utf8"),
    );
  });

  test("of those in package.json, and no other", () => {
    expect(readdirSync(committed).toSorted()).toEqual(ENTRY_POINTS.map(({ name }) => reportName(name)).toSorted());
  });
});

test("mayfly/events has every type of @types/aws-lambda", () => {
  const sources = ownSources();
  expect(sources.exportsOf("src/public/events.ts")).toEqual(
    sources.exportsOf("node_modules/@types/aws-lambda/index.d.ts"),
  );
});

test("a file of src/public names what it exports, and does nothing", () => {
  const sources = ownSources();
  const files = sources.modules.filter(({ folder }) => folder === "public");
  expect(files.length).toBeGreaterThan(2);
  expect(files.filter(({ exportsAll, onlyExports }) => exportsAll || !onlyExports).map(({ path }) => path)).toEqual([]);
});
