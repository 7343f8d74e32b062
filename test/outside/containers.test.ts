import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CommandResult, copyProject, type MixProject } from "../elixir/mix-project.ts";
import { buildah, describeWith, mmdebstrap } from "./parts.ts";

const OTHER_ARCH = process.arch === "arm64" ? "x86_64" : "arm64";
/** What a BEAM and mix need; nothing of it is configured, since nothing of it has to be. */
const PACKAGES =
  "base-passwd,coreutils,dash,grep,sed,elixir,erlang-crypto,erlang-dev,erlang-parsetools,erlang-tools,erlang-xmerl";

describeWith({ buildah, mmdebstrap }, "mayfly build --docker with Buildah", (parts) => {
  const home = mkdtempSync(join(tmpdir(), "mayfly-containers-"));
  const bin = join(home, "bin");
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    MIX_ENV: "",
    MAYFLY_CONTAINER_ENGINE: "buildah",
    // Buildah's own: no privileges beyond root's are needed of the machine, and all that it keeps is below `home`.
    BUILDAH_ISOLATION: "chroot",
    CONTAINERS_STORAGE_CONF: join(home, "storage.conf"),
    TMPDIR: home,
    // No Elixir on this one.
    PATH: bin,
  };

  beforeAll(() => {
    mkdirSync(bin);
    for (const program of ["/usr/bin/buildah", "/bin/sh"])
      symlinkSync(program, join(bin, program.split("/").pop() ?? ""));
    // The other driver copies the whole image for each instruction, but works on any file system.
    if (!storageWorks("overlay")) storageWorks("vfs");
    for (const suite of ["bookworm", "trixie"]) makeImage(suite);
  });

  afterAll(() => {
    spawnSync(parts.buildah, ["rm", "--all"], { env: environment });
    // Where overlays are used, their folder is mounted onto itself.
    spawnSync("umount", [join(home, "images/overlay")]);
    rmSync(home, { recursive: true, force: true });
  });

  function storageWorks(driver: string): boolean {
    const file = join(home, "storage.conf");
    writeFileSync(file, `[storage]\ndriver = "${driver}"\ngraphroot = "${home}/images"\nrunroot = "${home}/run"\n`);
    return spawnSync(parts.buildah, ["info"], { env: environment }).status === 0;
  }

  /** The image `localhost/SUITE`: Debian's Elixir of that suite. */
  function makeImage(suite: string): void {
    const archive = join(home, `${suite}.tar`);
    const hook = "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr";
    const options = { stdio: "pipe", env: { ...environment, PATH: process.env["PATH"] } } as const;
    const users = `--extract-hook=echo root:x:0:0::/root:/bin/sh >"$1/etc/passwd"`;
    const include = `--include=${PACKAGES}`;
    execFileSync(parts.mmdebstrap, ["--quiet", "--variant=extract", hook, users, include, suite, archive], options);
    const container = execFileSync(parts.buildah, ["from", "scratch"], options).toString().trim();
    execFileSync(parts.buildah, ["add", "--quiet", container, archive, "/"], options);
    execFileSync(parts.buildah, ["commit", "--quiet", "--rm", container, `localhost/${suite}`], options);
    rmSync(archive);
  }

  function build(
    project: MixProject,
    flags: readonly string[] = [],
    more: NodeJS.ProcessEnv = {},
  ): Promise<CommandResult> {
    return project.mayfly(["build", "--docker", ...flags], { ...environment, ...more });
  }

  /** The test project with this lambda.Dockerfile; with none, Mayfly's own is used. */
  function shop(dockerfile?: string): MixProject {
    const project = copyProject("shop");
    if (dockerfile !== undefined) project.write({ "lambda.Dockerfile": dockerfile });
    return project;
  }

  test("a machine without Elixir gets a zip that answers, the same bytes each time, and nothing else in the project", async () => {
    using first = shop("FROM localhost/bookworm\n");
    using second = shop("FROM localhost/bookworm AS tools\n");
    const before = filesIn(first.folder);
    const hashes = [];
    for (const project of [first, second]) {
      const { stdout, stderr } = await build(project, ["--zip", "--json"]);
      const built: { artifacts: [{ sha256: string }]; handlers: { handler: string; file: string }[] } =
        JSON.parse(stdout);
      expect(built.handlers, stderr).toContainEqual({ handler: "Elixir.Shop.order", file: "lib/shop.ex" });
      hashes.push(built.artifacts[0].sha256);
    }
    expect(hashes[1]).toBe(hashes[0]);
    expect(filesIn(first.folder)).toEqual(new Set([...before, "lambda.zip"]));
    const invoked = await first.mayfly(
      ["invoke", "--zip", "lambda.zip", "--handler", "Elixir.Shop.order", "--data", '{"id":7}'],
      { PATH: bin },
    );
    expect(JSON.parse(invoked.stdout)).toEqual({ order: { id: 7 }, price: 12 });
  });

  test("a container with a newer C library than Lambda's is refused", async () => {
    using project = shop("FROM localhost/trixie\n");
    const { stdout } = await build(project, ["--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: "MAYFLY_ERTS_GLIBC",
        message: expect.stringMatching(/^The container's Erlang [^]*beam\.smp needs GLIBC_2\./),
        hint: expect.stringContaining("amazonlinux:2023"),
      },
    });
  });

  test("a container for another processor than the package's is refused", async () => {
    using project = shop(
      `FROM --platform=${process.arch === "arm64" ? "linux/arm64" : "linux/amd64"} localhost/bookworm\n`,
    );
    const { stdout } = await build(project, ["--json", "--arch", OTHER_ARCH]);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "MAYFLY_ERTS_TARGET", message: expect.stringContaining("the container's Erlang") },
    });
  });

  test("a processor that nothing emulates is told from a failed build", async () => {
    // An ELF header for a processor that no machine has: what the kernel says of one that isn't emulated.
    using project = shop("FROM scratch\nCOPY sh /bin/sh\nCOPY passwd /etc/passwd\n");
    const program = Buffer.alloc(4096);
    program.write("\x7fELF", 0, "latin1");
    program.set([2, 1, 1], 4);
    program.writeUInt16LE(2, 16);
    program.writeUInt16LE(0xfe, 18);
    writeFileSync(join(project.folder, "sh"), program);
    chmodSync(join(project.folder, "sh"), 0o755);
    project.write({ passwd: "root:x:0:0::/root:/bin/sh\n" });
    const { stdout } = await build(project, ["--json", "--arch", OTHER_ARCH]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "MAYFLY_CONTAINER_EMULATION" } });
  });

  test("a mistake in the code is shown as mix shows it, and is gone when it is corrected", async () => {
    using project = shop("FROM localhost/bookworm\n");
    project.write({ "lib/wrong.ex": "defmodule Wrong do\n  def run(event), do: evnt\nend\n" });
    const { stdout } = await build(project, ["--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: "MAYFLY_MIX",
        message: expect.stringMatching(/^mix release failed in the container:[^]*evnt[^]*lib\/wrong\.ex:2/),
      },
    });
    project.write({ "lib/wrong.ex": "defmodule Wrong do\n  def run(event), do: event\nend\n" });
    const again = await build(project, ["--json"]);
    expect(again.code, again.stdout).toBe(0);
    expect(again.stdout).toContain("Elixir.Wrong.run");
  });

  test("an image without Elixir is told what it must have", async () => {
    using project = shop("FROM localhost/bookworm\nRUN rm /usr/bin/mix\n");
    const { stdout } = await build(project, ["--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "MAYFLY_ELIXIR_MISSING", message: expect.stringContaining("container") },
    });
  });

  test("a Dockerfile that fails is shown with what it printed last", async () => {
    using project = shop("FROM localhost/bookworm\nRUN seq 100 && echo the disk is full && exit 3\n");
    const { code, stderr } = await build(project);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error MAYFLY_CONTAINER_BUILD: buildah build failed:\n/m);
    expect(stderr).toContain("the disk is full");
    expect(stderr).not.toContain("STEP 1");
    expect(stderr).toContain("LOGLEVEL=debug");
    expect(execFileSync(parts.buildah, ["containers", "--quiet"], { env: environment }).toString()).toBe("");
    expect((await build(project, [], { LOGLEVEL: "debug" })).stderr).toMatch(/STEP.*\n1\n2\n3\n/);
  });

  test("the container gets the project without what is made from it, as far as .dockerignore agrees", async () => {
    // A step that fails is never taken from the engine's cache, and the message shows what it printed.
    using project = shop("FROM localhost/bookworm\nWORKDIR /seen\nCOPY . .\nRUN ls -d .git/* */* */*/*; exit 3\n");
    for (const folder of ["_build", ".git", "deps", "node_modules", "assets/node_modules", "private"]) {
      project.write({ [`${folder}/file`]: "" });
    }
    const seen = async (): Promise<readonly string[]> => {
      const { stderr } = await build(project);
      expect(stderr).toContain("MAYFLY_CONTAINER_BUILD");
      expect(stderr).toContain("lib/shop.ex");
      return stderr.match(/\S+\/file\b/g) ?? [];
    };
    expect(await seen()).toEqual(["private/file"]);
    project.write({ ".dockerignore": "private\n!deps\n" });
    expect(await seen()).toEqual(["deps/file"]);
  });

  test("Mayfly's own Dockerfile takes a base that brings Elixir as it is", async () => {
    using project = shop();
    const { code, stdout, stderr } = await build(project, ["--json", "--build-arg", "BASE=localhost/bookworm"]);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("Elixir.Shop.order");
  });

  test("Mayfly's own Dockerfile gets Erlang and Elixir in the project's versions where there is none", async () => {
    // The programs that it calls are stand-ins: they say what they are asked for and put Debian's in its place.
    const stand = (name: string, script: string): string =>
      `RUN printf '%s\\n' '#!/bin/sh' 'echo ${name} "$@"' '${script}' >/usr/bin/${name} && chmod +x /usr/bin/${name}`;
    const base = [
      "FROM localhost/bookworm",
      "RUN mkdir /hidden && mv /usr/bin/mix /usr/bin/erl /usr/bin/escript /hidden/",
      stand("dnf", ""),
      stand("curl", `for last; do :; done; touch "$last"`),
      stand("tar", `printf "#!/bin/sh\\necho configure \\"\\$@\\"" >/tmp/otp/configure; chmod +x /tmp/otp/configure`),
      stand("make", `[ "$1" != install ] || ln -s ../lib/erlang/bin/erl ../lib/erlang/bin/escript /usr/bin/`),
      stand("unzip", `mv /hidden/mix /usr/lib/elixir/bin/run-mix; cp /usr/bin/own-mix /usr/bin/mix`),
      stand("own-mix", `[ "$1" = local.hex ] || [ "$1" = local.rebar ] || exec /usr/lib/elixir/bin/mix "$@"`),
    ].join("\n");
    writeFileSync(join(home, "Dockerfile"), base);
    execFileSync(parts.buildah, ["build", "--quiet", "--tag=localhost/bare", `--file=${home}/Dockerfile`, bin], {
      stdio: "pipe",
      env: environment,
    });
    using project = shop();
    project.write({ ".tool-versions": "erlang 27.3.4.1\nelixir 1.18.4-otp-27\n" });
    const { code, stderr } = await build(project, ["--build-arg", "BASE=localhost/bare"], { LOGLEVEL: "debug" });
    expect(code, stderr).toBe(0);
    for (const asked of [
      /^dnf install -y .*\bopenssl-devel\b/m,
      /^curl .*\/erlang\/otp\/releases\/download\/OTP-27\.3\.4\.1\/otp_src_27\.3\.4\.1\.tar\.gz -o/m,
      /^configure --without-debugger/m,
      /^curl .*\/elixir-lang\/elixir\/releases\/download\/v1\.18\.4\/elixir-otp-27\.zip -o/m,
      /^own-mix local\.hex --force$/m,
    ]) {
      expect(stderr).toMatch(asked);
    }
  });
});

function filesIn(folder: string): ReadonlySet<string> {
  return new Set(readdirSync(folder, { recursive: true, encoding: "utf8" }));
}
