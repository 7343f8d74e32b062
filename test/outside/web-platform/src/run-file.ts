import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runInThisContext } from "node:vm";

/** One test file of web-platform-tests. */
export interface TestFile {
  /** The folder of the tests. */
  readonly root: string;
  readonly file: string;
  /** The query with which it is to be run, if it has several. */
  readonly variant: string;
}

export interface FileResult {
  /** `OK` where all its tests ended. */
  readonly status: string;
  /** The names of its tests that pass, and what the others say. */
  readonly passed: readonly string[];
  readonly failed: Readonly<Record<string, string>>;
}

// What the tests use, which a build doesn't see: Response, Request, Blob, File, FormData, DOMException, AbortSignal.

/** Long for what needs no server, however busy the machine. */
const LIMIT_MS = 60_000;
const PASS = 0;

/** Runs a file with the tests' own harness, in this process, which is good for nothing else after that. */
export async function runFile(event: TestFile): Promise<FileResult> {
  const path = join(event.root, event.file);
  const load = (file: string): unknown => runInThisContext(readFileSync(file, "utf8"), { filename: file });
  prepare(event);
  load(join(event.root, "resources/testharness.js"));
  const passed: string[] = [];
  const failed: Record<string, string> = {};
  const listen = (name: string, listener: (...given: never[]) => void): void => {
    const add: unknown = Reflect.get(globalThis, name);
    if (typeof add === "function") Reflect.apply(add, undefined, [listener]);
  };
  listen(
    "add_result_callback",
    (test: { readonly name: string; readonly status: number; readonly message?: string }) => {
      if (test.status === PASS) passed.push(test.name);
      else failed[test.name] = test.message ?? `status ${test.status}`;
    },
  );
  const ended = new Promise<string>((resolve) => {
    listen("add_completion_callback", (_tests: unknown, { status }: { readonly status: number }) =>
      resolve(status === PASS ? "OK" : `status ${status}`),
    );
  });
  try {
    const scripts = readFileSync(path, "utf8").matchAll(/^\/\/ META: script=(.*)$/gm);
    for (const [, script = ""] of scripts) load(located(event, script.trim()));
    load(path);
  } catch (error) {
    return { status: String(error), passed, failed };
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, LIMIT_MS, "not ended in time");
  });
  const status = await Promise.race([ended, late]);
  clearTimeout(timer);
  return { status, passed, failed };
}

/** What the harness and the tests ask of a global scope. */
function prepare(event: TestFile): void {
  const address = new URL(`http://web-platform.test/${event.file}${event.variant}`);
  const { fetch: native } = globalThis;
  const scope = { isWindow: () => false, isWorker: () => false, isShadowRealm: () => false };
  for (const [name, value] of Object.entries({ self: globalThis, GLOBAL: scope, location: address })) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  globalThis.fetch = Object.assign(
    (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      const resource =
        typeof input === "string" && /^[^:]+\.(?:json|txt|html)$/.test(input) ? located(event, input) : "";
      return existsSync(resource) ? Promise.resolve(new Response(readFileSync(resource))) : native(input, init);
    },
    { preconnect: native.preconnect },
  );
  // Tests leave rejections and errors behind, which the harness alone judges.
  for (const kind of ["unhandledRejection", "uncaughtException"]) {
    process.removeAllListeners(kind);
    process.on(kind, () => undefined);
  }
}

function located({ root, file }: TestFile, name: string): string {
  return name.startsWith("/") ? join(root, name) : join(root, dirname(file), name);
}
