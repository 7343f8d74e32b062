import { ELIXIR_PREFIX } from "../protocol/handler-string.ts";
import { RUNTIME_MODULE } from "../protocol/runtime-module.ts";
import { type ProgramSettings, RESPONSE_MODE_VARIABLE } from "../protocol/program-settings.ts";
import type { WebFunctions } from "../protocol/web-settings.ts";
import { parseAddress } from "./api/address.ts";
import { RuntimeApiClient } from "./api/api-client.ts";
import { registerInternalExtension } from "./api/extension.ts";
import { allowConcurrentContexts } from "./context.ts";
import { replaceConsole } from "./log/console.ts";
import { describeError } from "./describe-error.ts";
import { bunEngine } from "./engine/bun.ts";
import { execWrapper } from "./exec-wrapper.ts";
import type { HandlerHost } from "./hosts/host.ts";
import type { ModuleTable } from "./hosts/exported.ts";
import { type ProcessSettings, typescriptHost } from "./hosts/typescript/typescript.ts";
import { InFlight, type Interruption } from "./in-flight.ts";
import { jitDelay } from "./jit-delay.ts";
import { installLog, readLogSettings } from "./log/log.ts";
import { runLoop } from "./loop.ts";
import type { InitOutcome } from "./outcome.ts";
import { packageRoot } from "./package-root.ts";
import { exitProcess, watchProcess } from "./process-faults.ts";
import { logEvents } from "./runtime-events.ts";
import { hasShutdownCallbacks, runShutdownCallbacks } from "./shutdown.ts";
import { warmUp } from "./warm-up.ts";

/** An artifact's own part. */
export interface PackagedCode extends ProgramSettings {
  /** What is compiled in. */
  readonly modules: ModuleTable;
}

/** The life of an execution environment: init, invocations, end. Called by the generated entry of an artifact. */
export function startRuntime(program: PackagedCode): void {
  if (process.argv.length > 2) void runOrServe(program);
  else serve(program);
}

/** Only what was started with arguments can be anything but a runtime. */
async function runOrServe(program: PackagedCode): Promise<void> {
  const { runScript } = await import("./run-script.ts");
  if (!runScript()) serve(program);
}

function serve(program: PackagedCode): void {
  // No top-level await and no promise kept: an init that can never settle shows as an empty event loop.
  void run(program).then(exitProcess, (error: unknown) => {
    console.error("The runtime failed:", error);
    exitProcess(1);
  });
}

async function run(program: PackagedCode): Promise<number> {
  const started = performance.now();
  const engine = bunEngine;
  const environment = process.env;
  execWrapper(environment, engine.writeLine, exitProcess);

  const settings = readLogSettings(environment);
  const sink = installLog(settings, engine.writeLine, engine.inspect);
  replaceConsole(console, settings.format, sink, engine.inspect);
  const events = logEvents(settings);

  const apiAddress = environment["AWS_LAMBDA_RUNTIME_API"];
  if (apiAddress === undefined) {
    events.trouble(
      "This is a Lambda bootstrap: it runs where AWS_LAMBDA_RUNTIME_API is set. Try it with: mayfly invoke --zip lambda.zip",
    );
    return 1;
  }
  const address = parseAddress(apiAddress);
  const concurrency = readConcurrency(environment["AWS_LAMBDA_MAX_CONCURRENCY"]);
  if (concurrency > 1) allowConcurrentContexts();

  const api = new RuntimeApiClient(engine, address);
  const inFlight = new InFlight();
  let initialized = false;
  const interruptedInit = new Promise<Interruption>((resolve) => {
    watchProcess({ inFlight, stray: events.stray, duringInit: resolve, initDone: () => initialized });
  });

  const host = await chooseHost(program, { shared: concurrency > 1, verbose: settings.verbose });
  const init: InitOutcome = await Promise.race([
    initialize(),
    interruptedInit.then(({ document }) => ({ kind: "failed", document }) as const),
  ]);
  if (init.kind === "failed") {
    events.initFailed(init.document);
    const delivery = await api.failInit(init.document);
    if (delivery.kind !== "accepted") events.trouble(`The init error could not be reported: ${delivery.reason}`);
    return 1;
  }
  initialized = true;
  events.ready(environment["_HANDLER"], performance.now() - started);

  // One variable can't carry the trace ids of several invocations at once.
  const trace = concurrency > 1 ? () => undefined : setTraceId;
  const served = program.once ? () => exitProcess(0) : program.jitDelay ? jitDelay(engine) : () => undefined;
  const slots = [api];
  while (slots.length < concurrency) slots.push(new RuntimeApiClient(engine, address));
  const exitCode = await Promise.race(
    slots.map((slot) => runLoop({ api: slot, host, inFlight, events, environment, trace, served })),
  );
  // The other invocations of this process are answered before it ends, and no new ones taken on.
  for (const slot of slots) slot.stop();
  await inFlight.ended();
  return exitCode;

  async function initialize(): Promise<InitOutcome> {
    const starting = host.start();
    // User code of this process must see nothing of the rehearsal; another process is not even slowed down by it.
    if (host.elsewhere) await warmUp(engine);
    const loaded = await starting;
    if (loaded.kind === "failed") return loaded;
    if (hasShutdownCallbacks()) await prepareShutdown();
    if (!host.elsewhere) await warmUp(engine);
    // What module code left behind without awaiting it, a rejected promise above all, surfaces at the end of a turn.
    await new Promise((resolve) => setImmediate(resolve));
    return loaded;
  }

  async function prepareShutdown(): Promise<void> {
    process.on("SIGTERM", () => {
      void runShutdownCallbacks((error) => events.stray("Shutdown Error", describeError(error))).then(() =>
        exitProcess(0),
      );
    });
    const name = `mayfly-${engine.name.replaceAll(/[^a-z]/g, "")}`;
    const delivery = await registerInternalExtension(engine, address, name);
    if (delivery.kind !== "accepted") events.trouble(`Shutdown callbacks will not run: ${delivery.reason}`);
  }
}

/** `Elixir.Module.function` names an Elixir handler, a web function its name. A package may hold all kinds. */
async function chooseHost(program: PackagedCode, thisProcess: ProcessSettings): Promise<HandlerHost> {
  const { modules, handlers, packages, streaming, web, findings } = program;
  const setting = process.env["_HANDLER"] || onlyServer(modules, web);
  const settings = Object.hasOwn(web, setting ?? "") ? web[setting ?? ""] : undefined;
  if (settings === undefined && setting?.startsWith(ELIXIR_PREFIX) !== true) {
    const streams = (name: string): boolean => streamsAnswers(name, streaming);
    // Before any of the code runs, and only where it can tell.
    if (findings.webTypes) bunEngine.webTypesLikeNode();
    if (findings.forms) await bunEngine.formsLikeNode();
    if (findings.aborts) bunEngine.domExceptionsLikeNode();
    if (findings.lookUps) bunEngine.moduleErrorsLikeNode();
    if (findings.frameFiles) bunEngine.callSitesLikeNode(process.env["LAMBDA_TASK_ROOT"] ?? "");
    if (findings.moduleCache) await bunEngine.moduleCacheLikeNode();
    if (findings.processEvents) await bunEngine.processEventsLikeNode();
    if (findings.ownSockets) await bunEngine.ownSocketsLikeNode();
    process.argv = [process.execPath, RUNTIME_MODULE, ...process.argv.slice(2)];
    bunEngine.startedFrom(RUNTIME_MODULE);
    return typescriptHost(setting, { engine: bunEngine, modules, handlers, packages, streams, process: thisProcess });
  }
  const { env: environment, execPath: bootstrap } = process;
  // What only other programs need is loaded only for them.
  if (settings?.command !== undefined) {
    const streams = streamsAnswers(setting, streaming);
    const { webHost } = await import("./hosts/web/web.ts");
    return webHost({ engine: bunEngine, environment, bootstrap, streams }, settings, settings.command);
  }
  const parts = { engine: bunEngine, environment, packageRoot: packageRoot(bootstrap) };
  if (settings !== undefined) {
    const { elixirWebHost } = await import("./hosts/web/web-elixir.ts");
    return elixirWebHost({ ...parts, streams: streamsAnswers(setting, streaming) }, settings);
  }
  const { elixirHost } = await import("./hosts/elixir/elixir.ts");
  return elixirHost(parts);
}

/** The function's own variable goes before what the build was told, and an app may read there what holds. */
function streamsAnswers(handler: string | undefined, streaming: readonly string[]): boolean {
  if (handler !== undefined && streaming.includes(handler)) process.env[RESPONSE_MODE_VARIABLE] ??= "stream";
  return process.env[RESPONSE_MODE_VARIABLE] === "stream";
}

/** A package that is one server needs not be told so. */
function onlyServer(modules: ModuleTable, web: WebFunctions): string | undefined {
  const [only, another] = Object.keys(web);
  return another === undefined && Object.keys(modules).length === 0 ? only : undefined;
}

function setTraceId(traceId: string | undefined): void {
  if (traceId === undefined) delete process.env["_X_AMZN_TRACE_ID"];
  else process.env["_X_AMZN_TRACE_ID"] = traceId;
}

/** Absent outside of Lambda Managed Instances. */
function readConcurrency(value: string | undefined): number {
  const concurrency = Number(value ?? 1);
  return Number.isSafeInteger(concurrency) && concurrency > 1 ? concurrency : 1;
}
