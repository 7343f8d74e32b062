import type { ChildEnd, Engine } from "../../engine/engine.ts";

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;

export interface ReadyCheck {
  readonly port: number;
  /** Where it says whether it is through with its start; `undefined` if it is once it listens. */
  readonly path: string | undefined;
  /** Milliseconds that it has. */
  readonly within: number;
}

/** How the start of a server comes out. */
export type Readiness =
  | { readonly kind: "ready"; readonly origin: string }
  | { readonly kind: "ended"; readonly end: ChildEnd }
  | { readonly kind: "late" };

/** Where a server listens that hides from the network. `localhost` can be either. */
const LOOPBACKS = ["127.0.0.1", "::1"];

/** Asks until the server can take requests, its process has `ended`, or its time is up. */
export async function untilReady(engine: Engine, check: ReadyCheck, ended: Promise<ChildEnd>): Promise<Readiness> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Readiness>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "late" }), check.within);
  });
  const over = Promise.race([late, ended.then((end): Readiness => ({ kind: "ended", end }))]);
  const origin = await ask(engine, check, over);
  clearTimeout(timer);
  return origin === undefined ? over : { kind: "ready", origin };
}

/** The server's origin, or `undefined` once it is no use to ask any more. */
async function ask(engine: Engine, { port, path }: ReadyCheck, over: Promise<unknown>): Promise<string | undefined> {
  const asking = new AbortController();
  const closed = over.then(() => asking.abort());
  let pause = FIRST_PAUSE_MS;
  while (!asking.signal.aborted) {
    const origin = await listeningAt(engine, port);
    const ready = origin !== undefined && (path === undefined || (await isHealthy(origin + path, asking.signal)));
    if (ready && !asking.signal.aborted) return origin;
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, pause))]);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 1.2);
  }
  return undefined;
}

/** The origin at which something listens, such as `http://127.0.0.1:8080`. */
export async function listeningAt(engine: Engine, port: number): Promise<string | undefined> {
  for (const host of LOOPBACKS) {
    try {
      const socket = await engine.connect(host, port, { data: () => undefined, closed: () => undefined });
      socket.close();
      return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
    } catch {
      // Refused, or there is no IPv6: not here, or not yet.
    }
  }
  return undefined;
}

async function isHealthy(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal, keepalive: false, redirect: "manual" });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    // It listens, and is not through with its start.
    return false;
  }
}
