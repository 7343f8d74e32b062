import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engine } from "../local/support/engine.ts";

const MODULE = join(import.meta.dirname, "../../src/build/elixir/mix-cache.ts");

test("what is kept of projects that are gone goes with the next builds, several at a time too", async () => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "mayfly-mix-cache-")));
  const kept = join(home, "cache/mix");
  for (let index = 1000; index < 1400; index++) {
    const folder = join(kept, `0123456789ab${index}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "project"), join(home, `gone${index}`));
  }
  // They begin together, when each has loaded the module.
  const code = `import { withMixBuildPath } from ${JSON.stringify(MODULE)};
    process.stdout.write("ready");
    process.stdin.once("data", async () => {
      await withMixBuildPath(${JSON.stringify(home)}, String(process.pid), async () => {});
      process.exit();
    });`;
  const env = { ...process.env, MAYFLY_CACHE_DIR: join(home, "cache") };
  try {
    const builds = Array.from({ length: 4 }, () =>
      spawn(engine, ["-e", code], { env, stdio: ["pipe", "pipe", "inherit"] }),
    );
    await Promise.all(builds.map(({ stdout }) => once(stdout, "data")));
    for (const { stdin } of builds) stdin.write("go");
    const ends = await Promise.all(builds.map((build) => once(build, "exit")));
    expect(ends.map(([exit]) => Number(exit))).toEqual([0, 0, 0, 0]);
    expect(readdirSync(kept)).toHaveLength(4);
  } finally {
    rmSync(home, { recursive: true });
  }
});
