import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type MixProject, newProject, withoutElixir } from "./mix-project.ts";

const HELLO = `
defmodule Hello do
  def handle(event), do: {:ok, event}
end
`;

const BEE = `
defmodule Bee.MixProject do
  use Mix.Project
  def project, do: [app: :bee, version: "0.1.0", deps: []]
end
`;

describe.skipIf(withoutElixir)("any Mix project is built:", () => {
  test("one with a module Mayfly of its own keeps it, and its handlers get the context all the same", async () => {
    using project = newProject(`
defmodule Mayfly do
  def wings, do: 4
end

defmodule Hello do
  def handle(_event, context), do: {:ok, %{wings: Mayfly.wings(), name: context.function_name}}
end
`);
    const built = await project.mayfly(["build", "--host", "--outdir", "package"]);
    expect(built.stderr).not.toContain("error");
    const invoked = await project.mayfly(["invoke", "--zip", "package", "--handler", "Elixir.Hello.handle"]);
    expect(JSON.parse(invoked.stdout)).toEqual({ wings: 4, name: "Hello" });
  });

  test("an umbrella, whose projects are where its mix.exs says", async () => {
    using project = newProject(HELLO);
    project.write({
      "mix.exs": `
defmodule Meadow.MixProject do
  use Mix.Project
  def project, do: [apps_path: "services", version: "0.1.0", deps: []]
end
`,
      "services/bee/mix.exs": BEE,
      "services/bee/lib/bee.ex": "defmodule Bee do\n  def buzz(event), do: {:ok, event}\nend\n",
    });
    const unclear = await project.mayfly(["build", "--json"]);
    expect(JSON.parse(unclear.stdout)).toMatchObject({
      error: { code: "MAYFLY_MIX", hint: expect.stringContaining("mayfly build apps/<name> --zip") },
    });

    edit(project, "mix.exs", "deps: []", "deps: [], releases: [meadow: [applications: [bee: :permanent]]]");
    const built = await project.mayfly(["build", "--json"]);
    expect(JSON.parse(built.stdout)).toMatchObject({
      handlers: [{ handler: "Elixir.Bee.buzz", file: "services/bee/lib/bee.ex" }],
    });

    const alone = await project.mayfly(["build", "services/bee", "--json"]);
    expect(JSON.parse(alone.stdout)).toMatchObject({ handlers: [{ handler: "Elixir.Bee.buzz", file: "lib/bee.ex" }] });
  });

  test("one with overlays has them in the package, where the release's variables point to", async () => {
    using project = newProject(`
defmodule Hello do
  def handle(_event) do
    root = System.fetch_env!("RELEASE_ROOT")
    {:ok, [System.fetch_env!("RELEASE_NAME"), File.read!(Path.join(root, "words/hello.txt"))]}
  end
end
`);
    edit(project, "mix.exs", "deps: deps()", "deps: deps(), releases: [greeter: []]");
    project.write({ "rel/overlays/words/hello.txt": "hello" });
    expect((await project.mayfly(["build", "--host", "--outdir", "package"])).code).toBe(0);
    const invoked = await project.mayfly(["invoke", "--zip", "package", "--handler", "Elixir.Hello.handle"]);
    expect(JSON.parse(invoked.stdout)).toEqual(["greeter", "hello"]);
  });

  test("one with servers and supervisors, whose callbacks are no handlers", async () => {
    using project = newProject(`
defmodule Hello do
  use GenServer
  def init(argument), do: {:ok, argument}
  def handle_info(_message, state), do: {:noreply, state}
  def terminate(_reason, _state), do: :ok
  def handle(event), do: {:ok, event}
end
`);
    const built = await project.mayfly(["build", "--json"]);
    expect(JSON.parse(built.stdout)).toMatchObject({ handlers: [{ handler: "Elixir.Hello.handle" }] });
    // Whoever names one means it.
    project.write({
      "mayfly.config.ts": `export default { functions: { info: { handler: "Elixir.Hello.handle_info" } } };`,
    });
    const named = await project.mayfly(["build", "--json"]);
    expect(JSON.parse(named.stdout)).toMatchObject({ functions: [{ handler: "Elixir.Hello.handle_info" }] });
  });

  test("one with a tool's configuration in JavaScript, which is no handler", async () => {
    using project = newProject(HELLO);
    project.write({ "package.json": "{}", "vitest.config.js": "export default { test: {} };" });
    const built = await project.mayfly(["build", "--json"]);
    expect(JSON.parse(built.stdout)).toMatchObject({ handlers: [{ handler: "Elixir.Hello.handle" }] });
  });

  test("one with functions that a library's macro wrote, which only a config lists", async () => {
    using project = newProject(`
defmodule Hello do
  use Store
  use Hello.Shared
  defdelegate greet(event), to: Hello.Shared
  def handle(event), do: {:ok, event}
end

defmodule Hello.Rows do
  use Store
  def all(_query), do: []
end
`);
    edit(project, "mix.exs", "deps: deps()", 'deps: [{:store, path: "vendor/store"}]');
    project.write({
      "lib/shared.ex": `
defmodule Hello.Shared do
  defmacro __using__(_), do: quote(do: def(shared(event), do: event))
  def greet(event), do: event
end
`,
      "vendor/store/mix.exs": BEE.replaceAll("Bee", "Store").replaceAll("bee", "store"),
      "vendor/store/lib/store.ex": `
defmodule Store do
  defmacro __using__(_) do
    quote do
      def all(query), do: query
      def get(id, opts \\\\ []), do: {id, opts}
      defoverridable all: 1
    end
  end
end
`,
    });
    const { stdout } = await project.mayfly(["build", "--json"]);
    expect(stdout).not.toContain("error");
    const { handlers }: { handlers: { handler: string }[] } = JSON.parse(stdout);
    expect(handlers.map(({ handler }) => handler)).toEqual([
      "Elixir.Hello.Rows.all",
      "Elixir.Hello.Shared.greet",
      "Elixir.Hello.greet",
      "Elixir.Hello.handle",
      "Elixir.Hello.shared",
    ]);
  });

  test("one without a handler, with a word on how one is named", async () => {
    using project = newProject("defmodule Hello do\n  def hello, do: :world\nend\n");
    const { stdout } = await project.mayfly(["build"]);
    expect(stdout).toContain("the handler is file.export, or Elixir.Module.function of a Mix project");
  });
});

function edit(project: MixProject, file: string, from: string, to: string): void {
  const path = join(project.folder, file);
  project.write({ [file]: readFileSync(path, "utf8").replace(from, to) });
}
