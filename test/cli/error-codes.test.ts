import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** Named in quotes, but environment variables. */
const NO_FAULTS = ["MAYFLY_BEAM", "MAYFLY_CACHE_DIR", "MAYFLY_CONTAINER_ENGINE", "MAYFLY_NODE", "MAYFLY_RESPONSE_MODE"];

test("docs/errors.md has exactly the codes that the sources have", () => {
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((path) => /\.c?ts$/.test(path) && !path.endsWith(".test.ts"))
    .map((path) => join("src", path));
  const texts = [...sources, "bin/mayfly.js"].map((path) => readFileSync(path, "utf8"));
  const raised = [...texts.join("\n").matchAll(/"(MAYFLY_[A-Z_]+)"/g)].map(([, code]) => code ?? "");
  const documented = [...readFileSync("docs/errors.md", "utf8").matchAll(/^\| `(MAYFLY_[A-Z_]+)` +\|/gm)].map(
    ([, code]) => code ?? "",
  );
  const codes = new Set(raised.filter((code) => !NO_FAULTS.includes(code)));
  expect(documented.toSorted()).toEqual([...codes].toSorted());
});
