import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MixProject, newProject, withoutElixir } from "./mix-project.ts";

const HANDLER = "defmodule Hello do\n  def handle(_), do: {:ok, Little.word()}\nend\n";
const CHECKSUM = "5b".repeat(32);

/** As Mix leaves a Hex package in `deps`, but that it is named by its path: that needs no network. */
const FILES = {
  "mix.exs": `defmodule Hello.MixProject do
  use Mix.Project
  def project, do: [app: :hello, version: "0.1.0", deps: [{:little, path: "deps/little"}]]
  def application, do: [extra_applications: [:logger]]
end
`,
  "mix.lock": `%{\n  "little": {:hex, :little, "0.2.0", "${"1a".repeat(32)}", [:mix], [], "hexpm", "${CHECKSUM}"},\n}\n`,
  "deps/little/mix.exs":
    'defmodule Little.MixProject do\n  use Mix.Project\n  def project, do: [app: :little, version: "0.2.0"]\nend\n',
  "deps/little/lib/little.ex": 'defmodule Little do\n  def word, do: "little"\nend\n',
  "deps/little/hex_metadata.config": '{<<"name">>,<<"little">>}.\n{<<"licenses">>,[<<"Apache-2.0">>,<<"MIT">>]}.\n',
  "deps/little/LICENSE": "Little's licence.\n",
};

describe.skipIf(withoutElixir)("what an Elixir package contains", () => {
  let project: MixProject;
  let notices: string;
  let components: readonly { readonly name: string }[];
  beforeAll(async () => {
    project = newProject(HANDLER);
    project.write(FILES);
    const { code, stdout, stderr } = await project.mayfly(["build", "--zip", "--host", "--notices", "--sbom"]);
    if (code !== 0) throw new Error(stdout + stderr);
    notices = readFileSync(join(project.folder, "lambda.notices.txt"), "utf8");
    ({ components } = JSON.parse(readFileSync(join(project.folder, "lambda.cdx.json"), "utf8")));
  });
  afterAll(() => project[Symbol.dispose]());

  test("are the applications from deps, with their licences and files, not the project's own", () => {
    const [, applications = ""] = notices.split("\nElixir applications\n");
    const [own = ""] = applications.split("\nMayfly, its engine");
    expect([...own.matchAll(/^Name: (.*)$/gm)].map(([, name]) => name)).toEqual(["little"]);
    expect(own).toContain("Version: 0.2.0\nLicense: Apache-2.0 AND MIT\nSource: https://hex.pm/packages/little\n");
    expect(own).toContain("Little's licence.");
  });

  test("and Erlang/OTP and Elixir", () => {
    expect(notices).toContain("\nName: Erlang/OTP\n");
    expect(notices).toContain("\nName: Elixir\n");
  });

  test("stands in the SBOM, with the hash of mix.lock", () => {
    expect(components.find(({ name }) => name === "little")).toMatchObject({
      version: "0.2.0",
      purl: "pkg:hex/little@0.2.0",
      hashes: [{ alg: "SHA-256", content: CHECKSUM }],
      licenses: [{ expression: "Apache-2.0 AND MIT" }],
    });
  });
});
