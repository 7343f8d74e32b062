import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { copyPackages } from "../../benchmarks/package-folder.ts";
import { cpuMsOf, peakMbOf } from "../../benchmarks/process-tree.ts";

test.runIf(process.platform === "linux")("processor time and memory are those of a whole process tree", async () => {
  const busy = "while (process.cpuUsage().user < 100_000); console.log('done');";
  const alone = cpuMsOf([process.pid]) ?? 0;
  // A parent that does nothing itself: what is found is its child's.
  const parent = spawn("sh", ["-c", '"$0" -e "$1; setInterval(() => {}, 1000)" & wait', process.execPath, busy], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await new Promise((resolve) => parent.stdout.once("data", resolve));
    const pid = parent.pid ?? 0;
    expect(alone).toBeGreaterThan(0);
    expect(cpuMsOf([pid])).toBeGreaterThan(90);
    expect(peakMbOf([pid])).toBeGreaterThan(20);
  } finally {
    process.kill(-(parent.pid ?? 0), "SIGKILL");
  }
});

test("what has ended, or never was, has used an unknown amount", () => {
  expect(cpuMsOf([2 ** 22 + 1])).toBeUndefined();
  expect(peakMbOf([])).toBeUndefined();
});

test("a package comes with all that it depends on, wherever that is", () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-bench-packages-"));
  const place = (path: string, manifest: object): void => {
    const file = join(folder, path, "package.json");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(manifest));
  };
  try {
    place("root/node_modules/app", { dependencies: { shared: "1", nested: "1" } });
    place("root/node_modules/app/node_modules/nested", { dependencies: { deep: "1" } });
    place("root/node_modules/shared", { optionalDependencies: { absent: "1" } });
    place("root/node_modules/deep", {});
    place("root/node_modules/unrelated", {});
    place("root/node_modules/broken", { dependencies: { absent: "1" } });
    place("second/node_modules/other", {});
    const roots = [join(folder, "root"), join(folder, "second")];
    const target = join(folder, "package");
    copyPackages(["app", "other"], roots, target);
    expect(readdirSync(join(target, "node_modules")).toSorted()).toEqual(["app", "deep", "other", "shared"]);
    expect(readdirSync(join(target, "node_modules/app/node_modules"))).toEqual(["nested"]);
    expect(() => copyPackages(["broken"], roots, target)).toThrow("absent");
    expect(() => copyPackages(["nowhere"], roots, target)).toThrow("nowhere is not installed");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
