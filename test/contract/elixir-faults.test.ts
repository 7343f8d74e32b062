import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { buildMixFixture, withoutElixir } from "./build-mix-fixture.ts";
import type { ScriptedRuntimeApi } from "./runtime-api.ts";
import type { RuntimeProcess } from "./runtime-process.ts";
import { runtimesOfEachTest } from "./runtimes.ts";

const HANDLER = "Elixir.Faults.mixed";
/** Longer than anything here takes, the start of a BEAM on a busy machine included. */
const SOON_MS = 4_500;

describe.skipIf(withoutElixir)("an Elixir handler", () => {
  let bootstrap = "";
  let api: ScriptedRuntimeApi;
  const launch = runtimesOfEachTest((given) => {
    api = given;
  });

  beforeAll(async () => {
    bootstrap = await buildMixFixture();
  });

  const start = (environment: Record<string, string> = {}, handler = HANDLER): RuntimeProcess => {
    return launch({ bootstrap, handler, environment });
  };
  const run = async (what: string, more: Record<string, unknown> = {}): Promise<unknown> =>
    (await api.invoke({ do: what, ...more })).json();

  describe("that fails", () => {
    test.each([
      ["raise", { errorType: "ArgumentError", errorMessage: "not like that" }],
      ["match", { errorType: "MatchError", errorMessage: expect.stringContaining("no match of right hand side") }],
      ["clause", { errorType: "FunctionClauseError", errorMessage: expect.stringContaining("only_atoms/1") }],
      ["undefined", { errorType: "UndefinedFunctionError", errorMessage: expect.stringContaining("Strin.upcase/1") }],
      ["divide", { errorType: "ArithmeticError" }],
      ["throw", { errorMessage: "** (throw) :ball" }],
      ["exit", { errorMessage: "** (exit) :enough" }],
    ])("by %s has Elixir's own type, message and frames, and serves on", async (what, document) => {
      const runtime = start();
      const answer = await api.invoke({ do: what });
      expect(answer.kind).toBe("error");
      expect(answer.json()).toMatchObject(document);
      const frames: unknown = Reflect.get(Object(answer.json()), "stackTrace");
      expect(frames).toEqual(expect.arrayContaining([expect.stringMatching(/lib\/faults\.ex:\d+: Faults\./)]));
      expect(JSON.stringify(frames)).not.toContain("mayfly_");
      expect(await run("echo")).toEqual({ do: "echo" });
      expect(runtime.lines.filter((line) => line.includes("\tERROR\t"))).toHaveLength(1);
    });

    test.each([
      ["error string", { errorMessage: "on purpose" }],
      ["error atom", { errorMessage: ":not_found" }],
      ["error exception", { errorType: "Contract.OrderNotFound", errorMessage: "no such order" }],
      ["error map", { errorType: "Teapot", errorMessage: "short and stout" }],
    ])("on purpose, by %s, is no crash", async (what, document) => {
      const runtime = start();
      const answer = await api.invoke({ do: what });
      expect(answer.kind).toBe("error");
      expect(answer.json()).toMatchObject({ ...document, stackTrace: [] });
      await api.idle();
      expect(runtime.lines).toEqual([]);
    });

    test.each(["kill itself", "linked crash"])(
      "because its process ends (%s) is answered, and a new process serves",
      async (what) => {
        start();
        const [before, beam] = [await run("pid"), await run("os pid")];
        expect(await run(what)).toMatchObject({ errorType: "Runtime.HandlerExit" });
        expect(await run("pid")).not.toBe(before);
        expect(await run("os pid")).toBe(beam);
        expect(api.posts.filter(({ kind }) => kind === "error")).toHaveLength(1);
      },
    );

    test.each(["loop", "wait"])(
      "to return (%s) is ended shortly before its deadline, and the log shows where it was",
      async (what) => {
        const runtime = start();
        const beam = await run("os pid");
        let invocations = 0;
        // Where it was is left out when a busy machine doesn't let the BEAM say so in the time that is left.
        const answer = await eventually(async () => {
          invocations += 1;
          const post = await api.invoke({ do: what }, { deadlineMs: Date.now() + SOON_MS });
          expect(post.json()).toMatchObject({
            errorType: "Runtime.HandlerTimeout",
            stackTrace: expect.arrayContaining([expect.stringMatching(/lib\/faults\.ex:\d+: Faults\./)]),
          });
          return post;
        });
        await eventually(() => {
          const told = runtime.lines.filter((line) => line.includes("still running"));
          expect(told.at(-1)).toContain(answer.requestId);
        });
        expect(await run("os pid")).toBe(beam);
        expect(api.posts).toHaveLength(invocations + 2);
      },
    );

    test("because a GenServer crashes is answered; its supervisor restarts it, and the environment lives", async () => {
      start();
      const beam = await run("os pid");
      for (let index = 0; index < 3; index++) {
        expect(await run("fragile")).toBe(0);
        expect((await api.invoke({ do: "fragile" })).kind).toBe("error");
      }
      expect(await run("os pid")).toBe(beam);
    });
  });

  describe("that takes the BEAM down", () => {
    test.each([
      ["halt", { code: 3 }, "exit status 3"],
      ["stop", { code: 4 }, "exit status 4"],
      ["kill the BEAM", {}, "SIGKILL"],
    ])("by %s is answered, and the next has a new BEAM", async (what, more, told) => {
      start();
      const beam = await run("os pid");
      expect(await run(what, more)).toMatchObject({
        errorType: "Runtime.ExitError",
        errorMessage: expect.stringContaining(told),
      });
      expect(await run("os pid")).not.toBe(beam);
      expect(api.posts).toHaveLength(3);
    });

    test("takes the invocations beside it along, each answered once", async () => {
      start({ AWS_LAMBDA_MAX_CONCURRENCY: "4" });
      const others = [0, 1, 2].map(() => api.offer({ do: "wait" }));
      const beam = api.offer({ do: "halt", code: 9 });
      const answers = await Promise.all([...others, beam].map((id) => api.answerTo(id)));
      expect(answers.map((answer) => answer.json())).toEqual(
        answers.map(() => expect.objectContaining({ errorType: "Runtime.ExitError" })),
      );
      expect(await run("echo")).toEqual({ do: "echo" });
      expect(api.posts).toHaveLength(5);
    });
  });

  test("leaves no BEAM behind when the runtime is killed in the middle of it", async () => {
    const runtime = start();
    const beam = Number(await run("os pid"));
    api.offer({ do: "loop" });
    await api.taken();
    runtime.kill();
    await runtime.exited;
    await eventually(() => expect(isRunning(beam)).toBe(false));
  });

  test("has no listening socket, no distribution and no epmd", async () => {
    start();
    const beam = Number(await run("os pid"));
    expect(descendants(beam)).not.toContain("epmd");
    expect(readFileSync(`/proc/${beam}/environ`, "utf8")).not.toContain("_X_AMZN_TRACE_ID");
    expect(listeningSockets(beam)).toEqual([]);
  });

  test("has Unicode whole, and a code server that knows what the start has loaded", async () => {
    start();
    expect(await run("length", { text: "é👩‍👩‍👧!" })).toBe(3);
    expect(await run("code")).toEqual([true, true, true]);
  });

  describe("whose state", () => {
    test("in its process lives from one invocation to the next", async () => {
      start();
      const counts = [];
      for (let index = 0; index < 100; index++) counts.push(await run("dictionary"));
      expect(counts).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    });

    test("in the application's configuration comes from config/runtime.exs", async () => {
      start({ GREETING: "hello from outside" });
      expect(await run("greeting")).toBe("hello from outside");
    });
  });

  describe("whose event", () => {
    test("nests 100,000 levels is served", async () => {
      start({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1024" }, "Elixir.Contract.echo");
      const requestId = "deep";
      const event = "[".repeat(100_000) + "]".repeat(100_000);
      api.offerRaw({ kind: "invocation", event, headers: headers(requestId) });
      expect((await api.answerTo(requestId)).body.toString()).toBe(event);
    });

    test.each([
      ["an integer of 30 digits", "123456789012345678901234567890"],
      ["a float that is whole", "1.0"],
      ["a number that no float holds exactly", "9007199254740993"],
      ["nothing but null", "null"],
    ])("is %s comes back to the last digit", async (_name, event) => {
      start({}, "Elixir.Contract.echo");
      api.offerRaw({ kind: "invocation", event, headers: headers("exact") });
      expect((await api.answerTo("exact")).body.toString()).toBe(event);
    });

    test.each(['{"a":', "1e400", '"\\ud800"', "{} {}", '"\u0000"'])(
      "is %s is answered with an error",
      async (event) => {
        start({}, "Elixir.Contract.echo");
        api.offerRaw({ kind: "invocation", event, headers: headers("bad") });
        const answer = await api.answerTo("bad");
        expect(answer.json()).toMatchObject({ errorType: "Runtime.MalformedEvent" });
        expect((await api.invoke(1)).json()).toBe(1);
      },
    );

    test("is missing altogether is the empty map", async () => {
      start({}, "Elixir.Contract.echo");
      api.offerRaw({ kind: "invocation", event: "", headers: headers("none") });
      expect((await api.answerTo("none")).json()).toEqual({});
    });

    test("comes with the context as a second argument where the function takes two", async () => {
      start({}, "Elixir.Faults.two");
      const clientContext = { custom: { key: "✓" } };
      const answer = await api.invoke([1], { clientContext });
      expect(answer.json()).toEqual({ event: [1], id: answer.requestId, client: clientContext });
    });
  });

  describe("whose result", () => {
    test("holds Elixir's own values is written as the ecosystem would", async () => {
      start();
      const answer = await api.invoke({ do: "values" });
      expect(answer.json()).toMatchObject({
        atom: "some",
        nothing: null,
        yes: true,
        float: 1.5,
        date: "2026-01-02",
        time: "03:04:05",
        naive: "2026-01-02T03:04:05",
        utc: "2026-01-02T03:04:05Z",
        text: "é ✓ \u0000 \u2028",
      });
      expect(answer.body.toString()).toContain("123456789012345678901234567890");
    });

    test("is a keyword list is an object", async () => {
      start();
      expect(await run("keyword")).toEqual({ name: "Ada", tags: ["a", "b"] });
    });

    test("is no tuple is taken, with a warning", async () => {
      const runtime = start();
      expect(await run("plain")).toEqual({ do: "plain" });
      expect(await runtime.line("{:ok, result}")).toContain("\tWARN\t");
    });

    test("nests 100,000 levels is written", async () => {
      start({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1024" });
      const { body } = await api.invoke({ do: "deep", depth: 100_000 });
      expect(body.toString()).toBe(`${"[".repeat(100_000)}null${"]".repeat(100_000)}`);
    });

    test("is a set, for which nothing can be derived, is refused with what makes a list of it", async () => {
      start();
      const answer = await api.invoke({ do: "unencodable", what: "set" });
      expect(answer.json()).toMatchObject({ errorMessage: expect.stringContaining("MapSet: return a list") });
    });

    test.each(["pid", "reference", "function", "tuple", "improper", "bytes", "struct", "key"])(
      "holds a %s is refused with the path to it, and without its secrets",
      async (what) => {
        start();
        const answer = await api.invoke({ do: "unencodable", what });
        expect(answer.json()).toMatchObject({
          errorType: "Runtime.InvalidResponseFormat",
          errorMessage: expect.stringContaining("the value at result.list[1] "),
        });
        expect(answer.body.toString()).not.toContain("secret");
        expect(await run("echo")).toEqual({ do: "echo" });
      },
    );
  });

  describe("that prints", () => {
    const messages = (runtime: RuntimeProcess): readonly string[] =>
      runtime.lines.map((line) => line.split("\t").slice(2).join(" "));

    test("is in the log line by line", async () => {
      const runtime = start();
      const { requestId } = await api.invoke({ do: "print", lines: 200 });
      const printed = Array.from({ length: 200 }, (_, index) => `INFO line ${index + 1}`);
      await eventually(() => expect(messages(runtime)).toEqual([...printed, "ERROR to stderr", "INFO without an end"]));
      expect(runtime.lines.every((line) => line.includes(`\t${requestId}\t`))).toBe(true);
    });

    test("from a process it has started carries the same request id", async () => {
      const runtime = start({ AWS_LAMBDA_MAX_CONCURRENCY: "2" });
      const { requestId } = await api.invoke({ do: "log elsewhere" });
      await eventually(() => expect(messages(runtime)).toEqual(["WARN in a task", "INFO inspected: %{a: 1}"]));
      expect(runtime.lines.every((line) => line.includes(`\t${requestId}\t`))).toBe(true);
    });

    test.each(["en_US.UTF-8", "C", "POSIX"])(
      "text of any script arrives whole, under the locale %s too",
      async (locale) => {
        const runtime = start({ LANG: locale });
        await api.invoke({ do: "print unicode" });
        await eventually(() => expect(messages(runtime)[0]).toBe("INFO é ✓ 日本"));
      },
    );

    test("through a logger is held back where LOGLEVEL says so", async () => {
      const runtime = start({ LOGLEVEL: "error" });
      await api.invoke({ do: "log elsewhere" });
      expect(runtime.lines).toEqual([]);
    });
  });
});

function headers(requestId: string): Record<string, string> {
  return {
    "lambda-runtime-aws-request-id": requestId,
    "lambda-runtime-deadline-ms": String(Date.now() + 30_000),
    "lambda-runtime-invoked-function-arn": "arn:x",
  };
}

/** A process that has ended may stay in the table until somebody asks for its status. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** The names of the processes that `pid` has started, and theirs. */
function descendants(pid: number): readonly string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const [, name = "", parent = ""] =
          /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${entry}/stat`, "utf8")) ?? [];
        return Number(parent) === pid ? [name, ...descendants(Number(entry))] : [];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

/** The inodes of the TCP sockets on which `pid` listens. */
function listeningSockets(pid: number): readonly string[] {
  const listening = ["tcp", "tcp6"].flatMap((protocol) =>
    readFileSync(`/proc/${pid}/net/${protocol}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === "0A")
      .map((columns) => columns[9] ?? ""),
  );
  const own = readdirSync(`/proc/${pid}/fd`).map((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
    } catch {
      // It was closed meanwhile.
      return "";
    }
  });
  return listening.filter((inode) => own.includes(`socket:[${inode}]`));
}
