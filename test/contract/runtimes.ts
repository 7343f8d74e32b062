import { afterEach, beforeAll, beforeEach } from "vitest";
import { buildContract } from "./build-fixture.ts";
import { ScriptedRuntimeApi } from "./runtime-api.ts";
import { type ProcessOptions, type RuntimeProcess, startProcess } from "./runtime-process.ts";

/** Starts the real bootstrap, at the test's own Runtime API unless told another `host:port`. It ends with the test. */
export type StartRuntime = (options: ProcessOptions, address?: string) => RuntimeProcess;

/**
 * To be called where hooks may be: each test from there on has a Runtime API of its own, and leaves no runtime behind.
 * @param give gets that Runtime API before each test
 */
export function runtimesOfEachTest(give: (api: ScriptedRuntimeApi) => void): StartRuntime {
  let api: ScriptedRuntimeApi;
  const running: RuntimeProcess[] = [];
  beforeEach(async () => {
    api = await ScriptedRuntimeApi.start();
    give(api);
  });
  afterEach(async () => {
    for (const runtime of running.splice(0)) {
      runtime.kill();
      await runtime.exited;
    }
    await api.stop();
  });
  return (options, address = api.address) => {
    const runtime = startProcess(address, options);
    running.push(runtime);
    return runtime;
  };
}

/** The same for the handlers of the TypeScript contract: its bootstrap is built before the first test. */
export function contractRuntimesOfEachTest(
  give: (api: ScriptedRuntimeApi) => void,
): (options: Omit<ProcessOptions, "bootstrap">, address?: string) => RuntimeProcess {
  let bootstrap = "";
  beforeAll(async () => {
    bootstrap = await buildContract();
  });
  const launch = runtimesOfEachTest(give);
  return (options, address) => launch({ ...options, bootstrap }, address);
}
