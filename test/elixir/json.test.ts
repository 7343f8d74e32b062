import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { assert, asyncProperty, jsonValue } from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withoutElixir } from "./mix-project.ts";

const SOURCES = ["mayfly_json", "mayfly_otp_json"].map((name) =>
  resolve(import.meta.dirname, `../../elixir/src/${name}.erl`),
);

/** OTP's own is there from OTP 27 on. */
const hasOtpJson =
  !withoutElixir &&
  spawnSync("erl", ["-noinput", "-eval", "halt(case code:which(json) of non_existing -> 1; _ -> 0 end)"]).status === 0;

/** Answers each frame, a document, with what decoding and encoding make of it, or with `!` and the problem. */
const echoOf = (codec: string): string => `
  Port = open_port({fd, 0, 1}, [binary, {packet, 4}]),
  Loop = fun Loop() ->
    receive {Port, {data, Json}} ->
      port_command(Port, case ${codec}:decode(Json) of
        {ok, Term} -> ${codec}:encode(Term);
        {error, Problem} -> [$!, Problem]
      end),
      Loop()
    end
  end,
  Loop().`;

const CODECS = [
  { codec: "mayfly_json", name: "the agent's own JSON" },
  ...(hasOtpJson ? [{ codec: "mayfly_otp_json", name: "JSON by OTP" }] : []),
];

describe.skipIf(withoutElixir).each(CODECS)("$name", ({ codec }) => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-json-"));
  let child: ChildProcess;
  let received = Buffer.alloc(0);
  let wake = (): void => undefined;

  beforeAll(() => {
    execFileSync("erlc", ["-o", folder, ...SOURCES]);
    child = spawn("erl", ["-noinput", "-boot", "no_dot_erlang", "-pa", folder, "-eval", echoOf(codec)]);
    child.stdout?.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      wake();
    });
  });

  afterAll(() => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  async function echo(document: string | Buffer): Promise<string> {
    const body = Buffer.from(document);
    const frame = Buffer.alloc(4);
    frame.writeUInt32BE(body.length);
    child.stdin?.write(Buffer.concat([frame, body]));
    while (received.length < 4 || received.length < 4 + received.readUInt32BE()) {
      await new Promise<void>((settle) => (wake = settle));
    }
    const answer = received.subarray(4, 4 + received.readUInt32BE()).toString();
    received = received.subarray(4 + received.readUInt32BE());
    return answer;
  }

  test("any document comes back as it was", async () => {
    await assert(
      asyncProperty(jsonValue(), async (value) => {
        expect(JSON.parse(await echo(JSON.stringify(value)))).toEqual(withoutNegativeZero(value));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["123456789012345678901234567890", "123456789012345678901234567890"],
    ["9007199254740993", "9007199254740993"],
    ["1.0", "1.0"],
    ["1e5", "1.0e5"],
    ["-1.5E+3", "-1.5e3"],
    ["-0.0", "-0.0"],
    ['"\\u00e9\\ud83d\\ude00\\n\\/"', '"é😀\\n/"'],
    ['{"a":1,"a":2}', '{"a":2}'],
    [" [ ] ", "[]"],
    ["{ }", "{}"],
    ['"\\u0000\\u001f"', '"\\u0000\\u001F"'],
  ])("%s is read and written as %s", async (document, expected) => {
    expect((await echo(document)).toUpperCase()).toBe(expected.toUpperCase());
  });

  test.each([
    ["", "unexpected end of input"],
    ["[1,", "unexpected end of input"],
    ['{"a" 1}', "unexpected 1 at byte 5"],
    ["[1,]", "unexpected ] at byte 3"],
    ["{1:2}", "unexpected 1 at byte 1"],
    ["01", "unexpected 1 at byte 1"],
    ["1.", "unexpected end of input"],
    ["1e400", "unexpected 1 at byte 0"],
    ["NaN", "unexpected N at byte 0"],
    ['"\\ud800"', "at byte 3"],
    ['"\\x"', "unexpected x at byte 2"],
    ['"a\nb"', "unexpected byte 0xA at byte 2"],
    ["true false", "unexpected f at byte 5"],
  ])("%j is refused: %s", async (document, problem) => {
    expect(await echo(document)).toContain(problem);
    expect(await echo("1")).toBe("1");
  });

  test("bytes that are not UTF-8 are refused where they stand", async () => {
    expect(await echo(Buffer.from([0x22, 0x61, 0xff, 0x22]))).toBe("!unexpected byte 0xFF at byte 2");
  });

  test("nesting as deep as an event can hold is no trouble", async () => {
    const depth = 500_000;
    const document = "[".repeat(depth) + "]".repeat(depth);
    expect((await echo(document)) === document).toBe(true);
  });
});

/** Erlang has one integer zero. */
function withoutNegativeZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
