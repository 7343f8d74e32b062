import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { buildExample } from "./build-example.ts";
import { freePort } from "./free-port.ts";
import { describeWith, runtimeInterfaceEmulator } from "./parts.ts";

describeWith(
  { emulator: runtimeInterfaceEmulator },
  "our bootstrap under AWS's Runtime Interface Emulator",
  (paths) => {
    let errors: ReturnType<typeof buildExample>;
    let streaming: ReturnType<typeof buildExample>;
    let emulator: Emulator | undefined;

    beforeAll(() => {
      errors = buildExample("errors");
      streaming = buildExample("streaming");
    });

    afterEach(async () => {
      await emulator?.stop();
      emulator = undefined;
    });

    afterAll(() => {
      errors?.remove();
      streaming?.remove();
    });

    async function invokeOne(folder: string, handler: string, event: unknown): Promise<string> {
      emulator = await startEmulator(paths.emulator, folder, handler);
      return await emulator.invoke(event);
    }

    test("a success is its value", async () => {
      const body = await invokeOne(errors.folder, "errors.handle", { sku: "lamp", quantity: 2 });
      expect(JSON.parse(body)).toEqual({ reserved: "2 × lamp" });
    });

    test("an expected failure is an error document without a stack", async () => {
      const body = await invokeOne(errors.folder, "errors.handle", { sku: "discontinued" });
      expect(JSON.parse(body)).toEqual({
        errorType: "NotSold",
        errorMessage: "we no longer sell this",
        stackTrace: [],
      });
    });

    test("a thrown error points at the TypeScript line, and so does its cause", async () => {
      const body = await invokeOne(errors.folder, "errors.handle", { sku: "lamp", quantity: 9 });
      expect(JSON.parse(body)).toMatchObject({
        errorType: "OutOfStock",
        errorMessage: "lamp is out of stock",
        stackTrace: [expect.stringMatching(/src\/errors\.ts:18:/)],
        cause: {
          errorType: "RangeError",
          stackTrace: [expect.stringMatching(/src\/errors\.ts:23:/), expect.anything()],
        },
      });
    });

    test("a handler that doesn't exist is told by name, and by what there is instead", async () => {
      const body = await invokeOne(errors.folder, "errors.missing", {});
      expect(JSON.parse(body)).toMatchObject({ errorMessage: expect.stringContaining("errors.handle") });
    });

    test("a streamed response arrives whole", async () => {
      expect(await invokeOne(streaming.folder, "streaming.squares", { from: 4 })).toBe(
        "1² = 1\n2² = 4\n3² = 9\n4² = 16\n",
      );
    });

    test("one process answers invocation after invocation, failures among them", async () => {
      emulator = await startEmulator(paths.emulator, errors.folder, "errors.handle");
      for (let quantity = 1; quantity <= 30; quantity += 1) {
        const answer: unknown = JSON.parse(await emulator.invoke({ sku: "lamp", quantity }));
        expect(answer).toMatchObject(quantity <= 3 ? { reserved: `${quantity} × lamp` } : { errorType: "OutOfStock" });
      }
      expect(emulator.log().match(/INIT START/g)).toHaveLength(1);
    });
  },
);

interface Emulator {
  invoke(event: unknown): Promise<string>;
  log(): string;
  stop(): Promise<void>;
}

async function startEmulator(program: string, folder: string, handler: string): Promise<Emulator> {
  const [port, runtimePort] = [await freePort(), await freePort()];
  const flags = [
    `--runtime-interface-emulator-address=127.0.0.1:${port}`,
    `--runtime-api-address=127.0.0.1:${runtimePort}`,
  ];
  // Its own process group, so that the bootstrap it starts ends with it.
  const child = spawn(program, [...flags, "./bootstrap", handler], { cwd: folder, detached: true });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (log += chunk.toString()));
  await once(child, "spawn");
  const url = `http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`;
  await listening(child, `http://127.0.0.1:${port}/`);
  return {
    invoke: async (event) => (await fetch(url, { method: "POST", body: JSON.stringify(event) })).text(),
    log: () => log,
    stop: async () => {
      const ended = once(child, "exit");
      if (child.pid === undefined || child.exitCode !== null) return;
      process.kill(-child.pid, "SIGKILL");
      await ended;
    },
  };
}

/** It says nothing when it is ready, so it has to be asked. */
async function listening(child: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the emulator ended with ${child.exitCode}`);
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await delay(25);
  }
  throw new Error("the emulator did not listen within five seconds");
}
