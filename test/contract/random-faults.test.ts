import { afterAll, beforeAll, expect, test } from "vitest";
import { MAX_RESPONSE_BYTES } from "../../src/protocol/limits.ts";
import { buildContract } from "./build-fixture.ts";
import { runs } from "../support/fuzz.ts";
import { orHang, pick, randomFrom } from "./random.ts";
import { type Reaction, ScriptedRuntimeApi } from "./runtime-api.ts";
import { type RuntimeProcess, startProcess } from "./runtime-process.ts";

const INVOCATIONS = runs(1000);
const SEED = Number(process.env["MAYFLY_FAULT_SEED"] ?? 20_260_101);
type NextFault =
  | "none"
  | "status"
  | "garbage"
  | "half-head"
  | "half-event"
  | "no-deadline"
  | "nothing"
  | "close-behind";
interface Plan {
  readonly does: string;
  readonly next: NextFault;
  readonly reaction: Reaction;
}

function plan(random: () => number): Plan {
  return {
    does: pick(random, [
      ["echo", 80],
      ["throw", 6],
      ["stream", 4],
      ["broken-stream", 3],
      ["never", 3],
      ["exit", 1],
      ["reject", 0.2],
      ["large", 0.3],
    ]),
    next: pick<NextFault>(random, [
      ["none", 90],
      ["nothing", 2],
      ["half-event", 2],
      ["no-deadline", 2],
      ["close-behind", 1],
      ["status", 1],
      ["garbage", 1],
      ["half-head", 1],
    ]),
    reaction: pick<Reaction>(random, [
      [{ status: 202 }, 90],
      [{ status: 400 }, 2],
      [{ status: 403 }, 1],
      [{ status: 410 }, 1],
      [{ status: 413 }, 2],
      [{ status: 500 }, 1],
      ["drop-before-reading", 1.5],
      ["drop-after-reading", 1.5],
    ]),
  };
}

let bootstrap = "";
let api: ScriptedRuntimeApi;
let runtime: RuntimeProcess | undefined;

beforeAll(async () => {
  bootstrap = await buildContract();
  api = await ScriptedRuntimeApi.start();
});
afterAll(async () => {
  runtime?.kill();
  await runtime?.exited;
  await api.stop();
});

function offer(id: string, { does, next }: Plan): void {
  const event = JSON.stringify({ do: does, size: MAX_RESPONSE_BYTES });
  const deadline = next === "no-deadline" ? "" : `lambda-runtime-deadline-ms: ${Date.now() + 60_000}\r\n`;
  const head = `HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: ${id}\r\n${deadline}lambda-runtime-invoked-function-arn: arn:x\r\n`;
  switch (next) {
    case "none": {
      const headers = {
        "lambda-runtime-aws-request-id": id,
        "lambda-runtime-deadline-ms": String(Date.now() + 60_000),
        "lambda-runtime-invoked-function-arn": "arn:x",
      };
      return api.offerRaw({ kind: "invocation", event, headers });
    }
    case "no-deadline":
    case "close-behind":
      // "close-behind" does not announce that it closes.
      return api.offerRaw({
        kind: "raw",
        bytes: `${head}${next === "no-deadline" ? "connection: close\r\n" : ""}content-length: ${event.length}\r\n\r\n${event}`,
      });
    case "half-event":
      return api.offerRaw({ kind: "raw", bytes: `${head}content-length: 500\r\n\r\n${event}` });
    case "half-head":
      return api.offerRaw({ kind: "raw", bytes: head.slice(0, 50) });
    case "garbage":
      return api.offerRaw({ kind: "raw", bytes: "\u0000\u0001 not HTTP\r\n\r\n" });
    case "status":
      return api.offerRaw({ kind: "status", status: 500 });
    case "nothing":
      // The platform has given nothing out: it offers the same invocation again.
      api.offerRaw({ kind: "raw", bytes: "" });
      return offer(id, { does, next: "none", reaction: { status: 202 } });
    default:
      next satisfies never;
  }
}

test(
  `${INVOCATIONS} invocations, each with a fault by chance (seed ${SEED}): every one is answered once, or the process ends and says why`,
  { timeout: 900_000 },
  async () => {
    const random = randomFrom(SEED);
    const outcomes = { answered: 0, ended: 0 };
    let plans = new Map<string, Plan>();
    api.react = ({ requestId }) => plans.get(requestId ?? "")?.reaction ?? { status: 202 };

    for (let index = 0; index < INVOCATIONS; index++) {
      const id = `id-${index}`;
      const planned = plan(random);
      plans = new Map([[id, planned]]);
      runtime ??= startProcess(api.address, { bootstrap, handler: "faults.mixed" });
      const current = runtime;
      offer(id, planned);

      const settled = Promise.race([
        current.exited.then(() => "ended" as const),
        // The runtime asks for the next one only after it is done with this one.
        api.idle().then(() => "answered" as const),
      ]);
      const outcome = await orHang(
        settled,
        () => `${id} ${JSON.stringify(planned)}\n${current.lines.slice(-5).join("\n")}`,
      );
      const posts = api.posts.splice(0);
      expect(
        posts.map((post) => post.requestId),
        JSON.stringify(planned),
      ).toEqual(posts.map(() => id));
      expect(posts.length, `${id} ${JSON.stringify(planned)}`).toBeLessThanOrEqual(1);
      outcomes[outcome]++;
      if (outcome === "answered") {
        // A stream that the platform cuts off has reached the caller as far as it went: that was its answer.
        const cutOff = planned.reaction === "drop-before-reading" && planned.does.endsWith("stream");
        expect(posts.length, `${id} ${JSON.stringify(planned)}`).toBe(cutOff && planned.next !== "nothing" ? 0 : 1);
        continue;
      }
      // The platform answers for a process that ends; what is owed is the reason, in the log or in the answer.
      const said = current.lines.join("\n");
      expect(
        posts.some((post) => post.kind === "error") || /\t(FATAL|ERROR)\t/.test(said),
        `${id} ${JSON.stringify(planned)}\n${said}`,
      ).toBe(true);
      runtime = undefined;
      api.clear();
    }
    expect(outcomes.answered + outcomes.ended).toBe(INVOCATIONS);
    // Both ways of ending must have been taken, or this proves nothing.
    expect(outcomes.answered).toBeGreaterThan(INVOCATIONS / 2);
    expect(outcomes.ended).toBeGreaterThan(INVOCATIONS / 100);
  },
);
