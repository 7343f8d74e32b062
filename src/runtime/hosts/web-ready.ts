import type { Engine } from "../engine.ts";

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;

export interface ReadyCheck {
  readonly port: number;
  readonly path: string | undefined;
  /** Resolves once it is no use to ask any more. */
  readonly over: Promise<unknown>;
}

/** Asks until the server can take requests; `false` if that came to nothing. */
export async function untilReady(engine: Engine, { port, path, over }: ReadyCheck): Promise<boolean> {
  const asking = new AbortController();
  const closed = over.then(() => asking.abort());
  let pause = FIRST_PAUSE_MS;
  while (!asking.signal.aborted) {
    const ready =
      (await isListening(engine, port)) && (path === undefined || (await isHealthy(port, path, asking.signal)));
    if (ready && !asking.signal.aborted) return true;
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, pause))]);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 1.2);
  }
  return false;
}

export async function isListening(engine: Engine, port: number): Promise<boolean> {
  try {
    const socket = await engine.connect("127.0.0.1", port, { data: () => undefined, closed: () => undefined });
    socket.close();
    return true;
  } catch {
    // Refused: not yet.
    return false;
  }
}

async function isHealthy(port: number, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal, keepalive: false, redirect: "manual" });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    // It listens, and is not through with its start.
    return false;
  }
}
