import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { randomFrom } from "../contract/random.ts";
import { runs } from "../support/fuzz.ts";
import { anyEnd, ENDS, gone, place, SEED } from "./place.ts";

describe.skipIf(process.platform !== "linux")("ended at a moment by chance", () => {
  const count = runs(30);

  test(
    `a build leaves the package whole or as it was, and nothing else (${count} builds, seed ${SEED})`,
    { timeout: 1_800_000 },
    async () => {
      using here = place();
      const random = randomFrom(SEED);
      const zip = join(here.project, "lambda.zip");
      expect(await here.start("first", ["build", "--zip"]).ended).toBe(0);
      const built = readFileSync(zip);
      const seen = new Map<string, number>();
      for (let index = 0; index < count; index++) {
        const end = anyEnd(random);
        const before = random() < 0.5 ? Buffer.from("an older package") : undefined;
        rmSync(zip, { force: true });
        if (before !== undefined) writeFileSync(zip, before);
        const delay = Math.floor(random() * 1500);
        const what = `build ${index}: ${end} after ${delay} ms`;

        const { child, ended, output } = here.start(String(index), ["build", "--zip"]);
        await Promise.race([after(delay), ended]);
        const wasOver = child.exitCode !== null;
        child.kill(end);
        const code = await ended;
        await gone(String(index), what);

        if (code === 0) expect(readFileSync(zip).equals(built), what).toBe(true);
        // Node.js itself ends at once by a signal before bin/mayfly.js listens for it.
        else expect([ENDS[end], null], `${what}\n${output()}`).toContain(code);
        const left = readdirSync(here.project).toSorted();
        const hasPackage = left.includes("lambda.zip");
        expect(left, what).toEqual([...(hasPackage ? ["lambda.zip"] : []), "package.json", "src"]);
        if (hasPackage && code !== 0) {
          const now = readFileSync(zip);
          expect(now.equals(built) || (before !== undefined && now.equals(before)), what).toBe(true);
        }
        if (end !== "SIGKILL") expect(here.temporary(), what).toEqual([]);
        else if (index % 10 === 9 || here.temporary().length > 0) {
          // What was killed could remove nothing: the next build does.
          const next = here.start(`next-${index}`, ["build", "--zip"]);
          expect(await next.ended, what).toBe(0);
          expect(here.temporary(), what).toEqual([]);
        }
        const outcome = wasOver ? "over" : end;
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      }
      console.log("builds", Object.fromEntries(seen));
      for (const end of Object.keys(ENDS)) expect(seen.get(end) ?? 0, end).toBeGreaterThan(0);
    },
  );
});
