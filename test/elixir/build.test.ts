import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unzip } from "../../src/local/package/unzip.ts";
import { type CommandResult, copyProject, type MixProject, newProject, withoutElixir } from "./mix-project.ts";

const HELLO = `
defmodule Hello do
  def handle(event), do: {:ok, %{message: "Hello " <> event["name"]}}
end
`;

describe.skipIf(withoutElixir)("with Elixir's mix on the PATH", () => {
  let shop: MixProject;
  let built: BuiltJson;

  /** Invokes a handler of the shop, which is built and unpacked once. */
  function invokeShop(handler: string, ...flags: readonly string[]): Promise<CommandResult> {
    return shop.mayfly(["invoke", "--zip", "unpacked", "--handler", `Elixir.Shop.${handler}`, ...flags]);
  }

  beforeAll(async () => {
    shop = copyProject("shop");
    built = await buildJson(shop, ["--zip", "--host"], { TABLE: "from the build machine" });
    mkdirSync(join(shop.folder, "unpacked"));
    await unzip(join(shop.folder, "lambda.zip"), join(shop.folder, "unpacked"));
  });

  afterAll(() => shop[Symbol.dispose]());

  test("what mix new makes builds and answers, and nothing is left in the project", async () => {
    using project = newProject(HELLO);
    const before = filesIn(project.folder);
    const built = await project.mayfly(["build", "--zip", "--host"]);
    expect(built.stderr).not.toContain("error");
    expect(built.stdout).toContain("Handler: Elixir.Hello.handle  (lib/hello.ex)");
    const invoked = await project.mayfly(["invoke", "--data", '{"name":"Ada"}']);
    expect(invoked.stdout).toBe('{"message":"Hello Ada"}\n');
    expect(filesIn(project.folder)).toEqual(new Set([...before, "lambda.zip"]));
  });

  test("the same project gives the same bytes, wherever it lies and in whatever order it was compiled", async () => {
    using other = copyProject("shop");
    const [artifact] = (await buildJson(other, ["--zip", "--host"])).artifacts;
    expect(artifact?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(built.artifacts[0]?.sha256).toBe(artifact?.sha256);
  });

  test("handlers are the functions with one or two parameters that people wrote to be called", () => {
    const { handlers, warnings } = built;
    const file = "lib/shop.ex";
    expect(handlers).toEqual(
      ["about", "close", "configuration", "count", "customer", "missing", "optional", "order"].map((name) => ({
        handler: `Elixir.Shop.${name}`,
        file,
      })),
    );
    expect(warnings).toEqual([]);
  });

  test("the package holds what runs and nothing else of the release", () => {
    const beam = join(shop.folder, "unpacked/beam");
    const programs = readdirSync(join(beam, readdirSync(beam).find((name) => name.startsWith("erts-")) ?? "", "bin"));
    expect(programs.toSorted()).toEqual(["beam.smp", "erl_child_setup", "inet_gethost"]);
    // Without Elixir's own configuration, and on Linux with the runtime, which the launcher starts beside the BEAM.
    const own = ["lib", "mayfly.json", "launch", ...(process.platform === "linux" ? ["engine"] : [])];
    expect(readdirSync(beam)).toEqual(expect.arrayContaining(own));
    const applications = readdirSync(join(beam, "lib")).map((name) => name.replace(/-.*/, ""));
    expect(applications.toSorted()).toEqual([
      "compiler",
      "elixir",
      "jason",
      "kernel",
      "logger",
      "mayfly_agent",
      "shop",
      "stdlib",
    ]);
    const manifest: unknown = JSON.parse(readFileSync(join(beam, "mayfly.json"), "utf8"));
    expect(manifest).toMatchObject({ version: 1, command: expect.stringMatching(/^erts-.*\/bin\/beam\.smp$/) });
    // What the launcher has the kernel read ahead: it says nothing where a file isn't there.
    const ahead = readFileSync(join(beam, "launch"), "utf8").split("\0\0")[2]?.split("\0") ?? [];
    expect(ahead.map((file) => basename(file))).toEqual([
      "beam.smp",
      "mayfly_loader.beam",
      "mayfly.boot",
      "mayfly.code",
    ]);
    for (const file of ahead) expect(existsSync(file.replace("$ROOT", beam)), file).toBe(true);
  });

  test("configuration comes from config.exs, from the environment's own file, and at the start from runtime.exs", async () => {
    const { stdout } = await invokeShop("configuration", "--env", "TABLE=orders", "--env", "SIZE=7");
    expect(JSON.parse(stdout)).toEqual({
      greeting: "compiled",
      mode: "lambda",
      flavour: "lambda",
      table: "orders",
      nested: { a: 1, b: 7 },
      // vm.args has the last word; the virtual machine takes powers of two.
      processes: 32768,
    });
  });

  test("a runtime.exs with a provider of the project beside it is left to Elixir's own way", async () => {
    using project = copyProject("shop");
    project.write({
      "mix.exs": readFileSync(join(project.folder, "mix.exs"), "utf8").replace(
        "deps: deps()",
        'deps: deps(), releases: [shop: [config_providers: [{Shop.Provider, "x"}]]]',
      ),
      "lib/shop/provider.ex": `
      defmodule Shop.Provider do
        @behaviour Config.Provider
        def init(argument), do: argument
        def load(config, argument), do: Config.Reader.merge(config, shop: [provided: argument])
      end`,
    });
    const { stdout } = await project.mayfly(["invoke", "--handler", "Elixir.Shop.configuration", "--env", "SIZE=9"]);
    expect(JSON.parse(stdout)).toMatchObject({ provided: "x", nested: { a: 1, b: 9 } });
  });

  test.each([
    ["config", "RuntimeError", "Initialization error: no configuration today"],
    ["raise", "ArgumentError", "the application shop did not start: exited in: Shop.Application.start(:normal, [])"],
    ["child", "Runtime.InitError", "failed to start child: Shop.Broken\n    ** (EXIT) :no_database"],
  ])("a start that fails by %s is told in Elixir's words", async (how, errorType, words) => {
    const { code, stdout } = await invokeShop("count", "--env", `BREAK=${how}`);
    const document: unknown = JSON.parse(stdout);
    expect(document).toMatchObject({ errorType, errorMessage: expect.stringContaining(words) });
    expect(code).toBe(1);
  });

  test("the environment ends with an application that ends, after the invocation is answered", async () => {
    const { stdout, stderr } = await invokeShop("close");
    expect(JSON.parse(stdout)).toMatchObject({ errorType: "Runtime.ExitError" });
    expect(stderr).toContain("The application shop ended: killed");
  });

  test("results are written by the project's own JSON library, and only what it shows", async () => {
    const order = await invokeShop("order", "--data", '{"id":7}');
    expect(JSON.parse(order.stdout)).toEqual({ order: { id: 7 }, price: 12 });
    const customer = await invokeShop("customer");
    expect(JSON.parse(customer.stdout)).toMatchObject({
      errorType: "Runtime.InvalidResponseFormat",
      errorMessage: expect.stringContaining(
        "result[0].customer is the struct Shop.Customer: derive Jason.Encoder for it",
      ),
    });
  });

  test("a handler that isn't there is told by what is wrong with its name, and by nothing else", async () => {
    const misspelt = await invokeShop("ordr");
    expect(JSON.parse(misspelt.stdout)).toMatchObject({
      errorType: "Runtime.HandlerNotFound",
      errorMessage: expect.stringContaining("Shop has no function ordr/1. Did you mean Elixir.Shop.order?"),
    });
    expect(misspelt.stderr).not.toContain("The BEAM ended");
    const module = await shop.mayfly(["invoke", "--zip", "unpacked", "--handler", "Elixir.Shop"]);
    expect(JSON.parse(module.stdout)).toMatchObject({
      errorMessage: expect.stringContaining('"Elixir.Shop" is not of the form Elixir.Module.function'),
    });
  });

  test("a project with a mix.exs and a package.json makes one package with handlers of both kinds", async () => {
    using project = newProject(HELLO);
    project.write({ "package.json": "{}", "src/handler.ts": "export const handle = () => ({ from: 'TypeScript' });" });
    const { handlers } = await buildJson(project, ["--host", "--outdir", "package"]);
    expect(handlers.map(({ handler }) => handler)).toEqual(["handler.handle", "Elixir.Hello.handle"]);
    const invoke = ["invoke", "--zip", "package", "--handler"];
    const typescript = await project.mayfly([...invoke, "handler.handle"]);
    expect(typescript.stdout).toBe('{"from":"TypeScript"}\n');
    const other = await project.mayfly([...invoke, "Elixir.Hello.handle", "--data", '{"name":"Ada"}']);
    expect(other.stdout).toBe('{"message":"Hello Ada"}\n');
  });

  test("a config names Elixir functions by their handler alone", async () => {
    using project = newProject(HELLO);
    project.write({
      "mayfly.config.ts": `export default { functions: { greet: { handler: "Elixir.Hello.handle", memory: 512 } } };`,
    });
    const { functions } = await buildJson(project);
    expect(functions).toMatchObject([{ name: "greet", handler: "Elixir.Hello.handle", entry: "mix.exs", memory: 512 }]);
    project.write({
      "mayfly.config.ts": `export default { functions: { greet: { handler: "Elixir.Hello.hande" } } };`,
    });
    const { code, stdout } = await project.mayfly(["build", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "MAYFLY_HANDLER_NOT_FOUND", hint: 'Did you mean "Elixir.Hello.handle"?' },
    });
  });

  test("a mistake in the code is shown as mix shows it", async () => {
    using project = newProject("defmodule Hello do\n  def handle(event), do: evnt\nend\n");
    const { code, stdout } = await project.mayfly(["build", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "MAYFLY_MIX", message: expect.stringMatching(/evnt[^]*lib\/hello\.ex:2/) },
    });
  });

  test("what the compiler warns of is told with the result", async () => {
    using project = newProject("defmodule Hello do\n  def handle(event), do: {:ok, Nowhere.look()}\nend\n");
    const { warnings } = await buildJson(project);
    expect(warnings).toEqual([expect.stringMatching(/^from mix:[^]*Nowhere\.look\/0[^]*lib\/hello\.ex:2/)]);
  });

  test("a dependency that isn't there is told with the command that gets it", async () => {
    using project = newProject(HELLO);
    const mix = join(project.folder, "mix.exs");
    project.write({ "mix.exs": readFileSync(mix, "utf8").replace("# {:dep_from_git", '{:missing, git: "x"},\n#') });
    const { stdout } = await project.mayfly(["build", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "MAYFLY_MIX", hint: "mix deps.get" } });
  });

  test("two builds of one project at the same time don't disturb each other", async () => {
    using project = newProject(HELLO);
    const built = await Promise.all(["a", "b"].map((folder) => buildJson(project, ["--zip", "--outdir", folder])));
    const [first, second] = built.map(({ artifacts }) => artifacts[0]?.sha256);
    expect(second).toBe(first);
  });

  test("a release without Erlang in it is refused", async () => {
    using project = newProject(HELLO);
    const mix = join(project.folder, "mix.exs");
    project.write({
      "mix.exs": readFileSync(mix, "utf8").replace(
        "deps: deps()",
        "deps: deps(), releases: [hello: [include_erts: false]]",
      ),
    });
    const { stdout } = await project.mayfly(["build", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "MAYFLY_RELEASE_ERTS" } });
  });

  test("a package for another processor than the Erlang at hand is refused", async () => {
    using project = newProject(HELLO);
    const other = process.arch === "arm64" ? "x86_64" : "arm64";
    const { stdout } = await project.mayfly(["build", "--json", "--arch", other]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "MAYFLY_ERTS_TARGET" } });
  });

  test("a folder beam that isn't a package's is not replaced", async () => {
    using project = newProject(HELLO);
    project.write({ "beam/mine.txt": "precious" });
    const { stdout } = await project.mayfly(["build", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "MAYFLY_OUTDIR" } });
    expect(readFileSync(join(project.folder, "beam/mine.txt"), "utf8")).toBe("precious");
    rmSync(join(project.folder, "beam"), { recursive: true });
    expect((await project.mayfly(["build"])).code).toBe(0);
    expect((await project.mayfly(["build"])).code).toBe(0);
  });
});

test("without Elixir on the machine the build says what is missing", async () => {
  using project = copyProject("shop");
  const { stdout } = await project.mayfly(["build", "--json"], { PATH: "/nowhere" });
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "MAYFLY_ELIXIR_MISSING" } });
});

function filesIn(folder: string): ReadonlySet<string> {
  return new Set(readdirSync(folder, { recursive: true, encoding: "utf8" }));
}

interface BuiltJson {
  readonly artifacts: readonly { readonly path: string; readonly sha256: string }[];
  readonly handlers: readonly { readonly handler: string; readonly file: string }[];
  readonly functions: readonly unknown[];
  readonly warnings: readonly string[];
}

async function buildJson(
  project: MixProject,
  flags: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<BuiltJson> {
  const { stdout, stderr } = await project.mayfly(["build", "--json", ...flags], environment);
  const result: BuiltJson & { error?: unknown } = JSON.parse(stdout);
  expect(result.error, stderr).toBeUndefined();
  return result;
}
