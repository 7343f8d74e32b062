/* oxlint-disable no-eval, typescript/no-implied-eval, typescript/await-thenable -- what these do to stacks is the question */
import assert from "node:assert";
import { mkdtempSync, writeFileSync } from "node:fs";
import module, { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { inspect } from "node:util";
import vm from "node:vm";
import { callSites, importThere, resolveThere } from "./call-sites.cjs";

/** All that an error tells. */
function told(error) {
  if (!(error instanceof Error)) return { thrown: inspect(error) };
  const { name, message, stack } = error;
  return {
    name,
    message,
    stack,
    code: Reflect.get(error, "code"),
    text: String(error),
    inspected: inspect(error),
    json: JSON.stringify(error),
    own: Object.getOwnPropertyNames(error).map((key) => String(Reflect.get(error, key))),
    of: error.constructor.name,
  };
}

async function failing(run) {
  try {
    return { value: await run() };
  } catch (error) {
    return told(error);
  }
}

const OS = "os";

const fail = () => {
  throw new Error("failed");
};

export const here = () => {
  const { url, ...others } = import.meta;
  const whole = import.meta;
  return {
    direct: [import.meta.dirname, import.meta.filename, import.meta.url],
    taken: [url, Object.keys(others), whole === import.meta, whole["url"], import.meta?.filename],
    beside: new URL("./data.json", import.meta.url).href,
    resolved: ["./data.json", "fs", "node:fs", "https://example.com/a"].map((one) => import.meta.resolve(one)),
    bundled: import.meta.resolve("zod").replace(/.*\/node_modules/, ""),
  };
};

export const lookUps = async (event) =>
  Promise.all(
    [
      () => import(event.name),
      () => import(`./${event.name}.js`),
      () => import(`/nowhere/${event.name}.js`),
      () => importThere(event.name),
      () => import.meta.resolve(event.name),
      () => import(`${event.name}/deep/path.js`),
      async () => Object.keys(await import(`node:${OS}`)).includes("cpus"),
      async () => (await import(`data:text/javascript,export default ${event.name.length}`)).default,
    ].map(failing),
  );

/** What lies beside the bootstrap and can't be read. */
export const unreadable = () => {
  const file = join(mkdtempSync(join(tmpdir(), "mayfly-unreadable-")), "bad.cjs");
  writeFileSync(file, "const a = 1;\na b\n");
  return failing(() => createRequire(import.meta.url)(file));
};

const required = createRequire(import.meta.url);

export const requires = async (event) => {
  const elsewhere = createRequire("/opt/nodejs/");
  return {
    missed: await Promise.all(
      [
        () => required.resolve(event.name),
        () => required(`./${event.name}.cjs`),
        () => elsewhere.resolve(event.name),
        () => resolveThere(event.name),
      ].map(failing),
    ),
    found: [
      required.resolve("zod").replace(/.*\/node_modules/, ""),
      required.resolve("node:fs"),
      typeof required("fs").stat,
    ],
    caches: [required.cache, elsewhere.cache, module["_cache"]].map((cache) => Object.keys(cache)),
    main: [typeof required.main, globalThis.Bun?.main, required.resolve.paths("x")],
  };
};

export const frames = () => {
  // Not at once: a strict function that returns a call's value has no frame in the engine.
  const [own, caller] = callSites();
  return [own, caller];
};

/** One of each kind of error and stack that the engine can put a place of its own into. */
export const everything = async (event) => {
  const aborted = new AbortController();
  aborted.abort();
  const timedOut = AbortSignal.timeout(1);
  await later(20);
  const captured = {};
  Error.captureStackTrace(captured);
  const logged = new Error("logged", { cause: new Error("its cause") });
  console.log(logged);
  console.log({ error: logged });
  console.log("%o and %s", logged, logged);
  console.error("failed:", [logged]);
  console.trace("traced");
  console.log(aborted.signal.reason);
  const failures = [
    fail,
    () => eval("throw new Error('evaluated')"),
    () => new Function("throw new Error('evaluated')")(),
    () => vm.runInThisContext("throw new Error('evaluated')"),
    () => new Function("return ]"),
    () => JSON.parse("{bad"),
    () => structuredClone(fail),
    () => atob("%"),
    () => aborted.signal.throwIfAborted(),
    () => {
      throw timedOut.reason;
    },
    () => {
      throw new DOMException("made", "AbortError");
    },
    () => fetch("http://127.0.0.1:1/", { signal: AbortSignal.abort() }),
    () => later(1, undefined, { signal: AbortSignal.abort() }),
    () => assert.equal(1, 2),
    () => Promise.any([Promise.reject(new Error("one")), Promise.reject(new Error("two"))]),
    () => [1].map(fail),
    () => new Promise((_, reject) => setTimeout(() => reject(new Error("later")), 1)),
  ];
  return {
    here: here(),
    frames: frames(),
    unreadable: await unreadable(),
    lookUps: await lookUps(event),
    requires: await requires(event),
    failures: await Promise.all(failures.map(failing)),
    captured: captured.stack,
    itself: String(callSites),
  };
};

export const rejects = async () => {
  void Promise.reject(new Error("nothing handles it"));
  return later(1_000);
};

export const throwsLater = async () => {
  setTimeout(() => eval("throw new Error('nothing catches it')"), 1);
  return later(1_000);
};

export const importsNothing = (event) => import(event.name);
