import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testProject } from "./test-project.ts";

const MIX = { "mix.exs": "defmodule Hello.MixProject do\nend\n" };

/** A folder for the PATH with programs that only say something and end. */
function programs(folder: string, scripts: Readonly<Record<string, string>>): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

test("without a container engine the build says which ones it looks for", async () => {
  using project = testProject(MIX);
  const PATH = programs(project.folder, {});
  const { code, stdout } = await project.mayfly(["build", "--docker", "--json"], { environment: { PATH } });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    error: {
      code: "MAYFLY_NO_CONTAINER_ENGINE",
      message: expect.stringContaining("docker, podman, finch, nerdctl, buildah"),
    },
  });
});

test("an engine that doesn't run is passed over for one that does", async () => {
  using project = testProject(MIX);
  const PATH = programs(project.folder, {
    docker: 'echo "Client: 28"; echo "no daemon" >&2; exit 1',
    podman: '[ "$1" = info ] || { echo "podman got: $*" >&2; exit 3; }',
  });
  const { stdout } = await project.mayfly(["build", "--docker", "--json"], { environment: { PATH } });
  const { error }: { error: { code: string; message: string } } = JSON.parse(stdout);
  expect(error.code).toBe("MAYFLY_CONTAINER_BUILD");
  expect(error.message).toContain("podman got: build --file=");
});

test("a docker that is Podman under another name is told what not to send, as Podman is", async () => {
  using project = testProject(MIX);
  const PATH = programs(project.folder, {
    docker: '[ "$1" = version ] && echo "Client:       Podman Engine" || { echo "docker got: $*" >&2; exit 1; }',
  });
  const { stdout } = await project.mayfly(["build", "--docker", "--json"], { environment: { PATH } });
  const { error }: { error: { message: string } } = JSON.parse(stdout);
  expect(error.message).toMatch(/docker got: build --file=(\S+) --ignorefile=\1\.dockerignore /);
});

test("engines that are there and don't run are listed with what they say", async () => {
  using project = testProject(MIX);
  const PATH = programs(project.folder, { docker: 'echo "no daemon" >&2; exit 1', podman: "exit 2" });
  const { stdout } = await project.mayfly(["build", "--docker", "--json"], { environment: { PATH } });
  expect(JSON.parse(stdout)).toMatchObject({
    error: {
      code: "MAYFLY_NO_CONTAINER_ENGINE",
      message: "No container engine works here:\n  docker: no daemon\n  podman: ended with 2",
    },
  });
});

test.each([
  ["a flag", ["--container-engine", "docker"], {}],
  ["a variable", [], { MAYFLY_CONTAINER_ENGINE: "docker" }],
])("the engine that %s names is the only one that is tried", async (_, flags, variables) => {
  using project = testProject(MIX);
  const PATH = programs(project.folder, { docker: 'echo "Cannot connect to it" >&2; exit 1', podman: "exit 0" });
  const { stdout } = await project.mayfly(["build", "--docker", "--json", ...flags], {
    environment: { PATH, ...variables },
  });
  expect(JSON.parse(stdout)).toMatchObject({
    error: {
      code: "MAYFLY_CONTAINER_BUILD",
      message: "docker build failed:\n  Cannot connect to it",
      hint: expect.stringContaining("systemctl start docker"),
    },
  });
});

test("a variable that is empty names no engine", async () => {
  using project = testProject({ "package.json": "{}", "src/handler.ts": "export const handle = () => 1;" });
  const { code, stdout } = await project.mayfly(["build", "--json", "--outdir", "out"], {
    environment: { MAYFLY_CONTAINER_ENGINE: "" },
  });
  expect(code, stdout).toBe(0);
});

test("an engine without the flags of today is told from a failed build", async () => {
  using project = testProject(MIX);
  const PATH = programs(project.folder, {
    docker: '[ "$1" = version ] || { echo "unknown flag: --build-context" >&2; exit 125; }',
  });
  const { stdout } = await project.mayfly(["build", "--docker", "--json"], { environment: { PATH } });
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: "MAYFLY_CONTAINER_BUILD", hint: expect.stringContaining("Docker 23") },
  });
});

test("the versions of .tool-versions and mise.toml reach the container's toolchain", async () => {
  using project = testProject({
    ...MIX,
    ".tool-versions": "nodejs 22.1.0\nerlang 27.1.2 # as in production\nelixir 1.17.3-otp-27\n",
    "mise.toml": '[tools]\nelixir = "1.18"\nerlang = { version = "27.3.4.1" }\n',
  });
  const PATH = programs(project.folder, { docker: '[ "$1" = version ] || { echo "$*" >&2; exit 1; }' });
  const { stdout } = await project.mayfly(["build", "--docker", "--json", "--build-arg", "BASE=mine"], {
    environment: { PATH },
  });
  const { error }: { error: { message: string } } = JSON.parse(stdout);
  expect(error.message.match(/--build-arg=\S+/g)).toEqual([
    "--build-arg=OTP_VERSION=27.3.4.1",
    "--build-arg=ELIXIR_VERSION=1.17.3",
    "--build-arg=BASE=mine",
  ]);
});

test("a project without Elixir is built as ever, and told that a container changes nothing", async () => {
  using project = testProject({ "package.json": "{}", "src/handler.ts": "export const handle = () => 1;" });
  const { code, stdout } = await project.mayfly(["build", "--docker", "--json", "--outdir", "out"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ warnings: [expect.stringContaining("--docker changes nothing here")] });
});

test("a container is for Lambda and not for this machine", async () => {
  using project = testProject(MIX);
  const { code, stderr } = await project.mayfly(["build", "--docker", "--host"]);
  expect(code).toBe(2);
  expect(stderr).toContain("MAYFLY_USAGE");
});
