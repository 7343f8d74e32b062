import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { dropFromMemory, inMemory } from "../support/in-memory.ts";

const launchers = join(import.meta.dirname, "../../launcher");
/** Whose output is committed: those of Debian 12. */
const COMPILER = "12.2.0";

const compiler = (name: string): boolean =>
  spawnSync(name, ["-dumpfullversion"], { encoding: "utf8" }).stdout?.trim() === COMPILER;
// In CI they must not pass by being skipped.
const hasCompilers =
  process.env["CI"] !== undefined || (compiler("x86_64-linux-gnu-gcc") && compiler("aarch64-linux-gnu-gcc"));
const isNative = (arch: string): boolean => process.arch === (arch === "arm64" ? "arm64" : "x64");
const emulator = (arch: string): string => (arch === "arm64" ? "qemu-aarch64-static" : "qemu-x86_64-static");
const runs = (arch: string): boolean => isNative(arch) || spawnSync(emulator(arch), ["--version"]).status === 0;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mayfly-launcher-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.skipIf(!hasCompilers)("the committed programs are what their sources compile to", () => {
  const built = spawnSync("sh", [join(launchers, "build.sh"), folder], { encoding: "utf8" });
  expect(built.stderr).toBe("");
  const committed = readdirSync(launchers).filter((name) => !/\.(?:c|h|S|sh)$/.test(name));
  expect(readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile())).toEqual(committed);
  for (const name of committed) {
    expect(readFileSync(join(folder, name)).equals(readFileSync(join(launchers, name))), name).toBe(true);
  }
});

// Elsewhere by QEMU's user mode: apt-get install qemu-user-static.
test.for(["x86_64", "arm64"])("the launcher for %s starts the BEAM, then becomes the runtime", (arch, { skip }) => {
  skip(!runs(arch), `${emulator(arch)} is not installed`);
  const root = join(folder, arch);
  mkdirSync(join(root, "beam"), { recursive: true });
  copyFileSync(join(launchers, `launcher-${arch}`), join(root, "bootstrap"));
  // What the BEAM writes to its descriptor 4 and prints comes by the runtime's descriptors.
  script("beam/child", 'echo "child $1 $PLACE $$" >&4; echo printed');
  script(
    "beam/engine",
    'IFS=, read -r pid input output stdout stderr <<-END\n$MAYFLY_BEAM\nEND\neval "cat <&$output"; eval "cat <&$stdout"; echo "engine of $pid"',
  );
  writeFileSync(join(root, "beam/launch"), "$ROOT/child\0$ROOT/x\0\0PLACE=at $ROOT\0\0$ROOT/absent\0$ROOT/child\0\0");
  const program = join(root, "bootstrap");
  const [command = program, ...args] = isNative(arch) ? [program] : [emulator(arch), program];
  const result = spawnSync(command, args, {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", _HANDLER: "Elixir.A.b", AWS_LAMBDA_RUNTIME_API: "127.0.0.1:1" },
  });
  const child = /^engine of (\d+)$/m.exec(result.stdout)?.[1] ?? "";
  expect(result.stdout + result.stderr).toBe(
    `child ${root}/beam/x at ${root}/beam ${child}\nprinted\nengine of ${child}\n`,
  );

  function script(name: string, body: string): void {
    writeFileSync(join(root, name), `#!/bin/bash\n${body}\n`);
    chmodSync(join(root, name), 0o755);
  }
});

test.for(["x86_64", "arm64"])(
  "the supervisor for %s ends all below it when its pipe closes",
  async (arch, { skip }) => {
    skip(!runs(arch), `${emulator(arch)} is not installed`);
    const file = join(folder, `leaves-${arch}`);
    writeFileSync(file, "#!/bin/bash\n(setsid sleep 300 > /dev/null & echo $!; wait)\n");
    chmodSync(file, 0o755);
    const program = join(launchers, `supervisor-${arch}`);
    const [command = program, ...args] = isNative(arch) ? [program] : [emulator(arch), program];
    const child = spawn(command, [...args, "0", "0", file], { stdio: ["pipe", "pipe", "inherit", "pipe"] });
    const words = child.stdio[3];
    const { stdin, stdout } = child;
    if (!(words instanceof Readable) || stdin === null || stdout === null) throw new Error("no pipe");
    let pid = "";
    stdout.on("data", (chunk: Buffer) => {
      pid += chunk.toString();
      // QEMU's user mode has no PR_SET_CHILD_SUBREAPER, so nothing here may lose its parent.
      stdin.end();
    });
    expect(await text(words)).toMatch(/^started \d+\nended 0 9 \d+\n$/);
    expect(pid).toMatch(/^\d+\n$/);
    // Without a subreaper it is left to process 1, which may take its time to clear away what has ended.
    expect(["", "Z"]).toContain(stateOf(Number(pid)));
  },
);

/** `S` for a process that sleeps, `Z` for one that has ended; empty for none. */
function stateOf(pid: number): string {
  try {
    return /^\d+ \(.*\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] ?? "";
  } catch {
    return "";
  }
}

test("the launcher has the kernel read the files of a start that are not in memory", ({ skip }) => {
  const hasFincore = spawnSync("fincore", ["--version"]).error === undefined;
  skip(!hasFincore, "fincore is not installed: apt-get install util-linux-extra");
  const root = join(folder, "cold");
  const file = join(root, "beam/code");
  mkdirSync(join(root, "beam"), { recursive: true });
  copyFileSync(join(launchers, `launcher-${process.arch === "arm64" ? "arm64" : "x86_64"}`), join(root, "bootstrap"));
  for (const program of ["beam/child", "beam/engine"]) {
    writeFileSync(join(root, program), "#!/bin/sh\n");
    chmodSync(join(root, program), 0o755);
  }
  writeFileSync(join(root, "beam/launch"), "$ROOT/child\0\0A=b\0\0$ROOT/code\0\0");
  writeFileSync(file, Buffer.alloc(1_000_001));
  skip(!dropFromMemory(file), "this file system keeps its files in memory");
  spawnSync(join(root, "bootstrap"), { env: { _HANDLER: "Elixir.A.b", AWS_LAMBDA_RUNTIME_API: "127.0.0.1:1" } });
  // By the BEAM's side, which nobody waits for here.
  return eventually(() => expect(inMemory(file)).toBeGreaterThanOrEqual(1_000_001));
});
