import type { WebSettings } from "../../../protocol/web-settings.ts";
import { onShutdown } from "../../shutdown.ts";
import type { Beam } from "../elixir/beam.ts";
import { elixirHost, type ElixirHostParts } from "../elixir/elixir.ts";
import type { HandlerHost } from "../host.ts";
import type { InitOutcome } from "../../outcome.ts";
import { START_WITHIN_MS } from "./web.ts";
import { serverEnvironment } from "./web-command.ts";
import { neverReady, portTaken } from "./web-faults.ts";
import { listeningAt, untilReady } from "./web-ready.ts";
import { type ServerStart, serveWeb, type WebServer } from "./web-serve.ts";

/**
 * The Elixir application is the server: it is started as for a handler, and requests go to its port instead of
 * frames. Phoenix starts its endpoint where `PHX_SERVER` is set.
 */
export function elixirWebHost(parts: ElixirHostParts, settings: WebSettings): HandlerHost {
  const { engine } = parts;
  const servers = new WeakMap<Beam, WebServer>();
  let host: ReturnType<typeof elixirHost> | undefined;
  let invoke: HandlerHost["invoke"] | undefined;
  let last: Beam | undefined;

  const listening = async (beam: Beam, port: number, startWithin: number): Promise<ServerStart> => {
    const started = await beam.started;
    if (started.kind === "failed") return started;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, startWithin);
    });
    const path = settings.readyPath;
    const origin = await untilReady(engine, { port, path, over: Promise.race([beam.ended, late]) });
    clearTimeout(timer);
    if (origin !== undefined) return { kind: "ready", origin };
    beam.kill();
    const where = path === undefined ? `port ${port}` : `http://127.0.0.1:${port}${path}`;
    return { kind: "failed", document: neverReady("the Elixir application", where, startWithin / 1_000, []) };
  };

  const serverOf = (beam: Beam, port: number, startWithin: number): WebServer => {
    last = beam;
    const known = servers.get(beam);
    if (known !== undefined) return known;
    const server: WebServer = {
      started: listening(beam, port, startWithin),
      ended: beam.ended,
      kill: () => beam.kill(),
      serves() {
        beam.served = true;
        beam.requests++;
        return async () => {
          await beam.printed();
          beam.requests--;
        };
      },
    };
    servers.set(beam, server);
    return server;
  };

  return {
    elsewhere: true,
    async start(): Promise<InitOutcome> {
      const { port: fixed, startTimeout } = settings;
      const port = fixed ?? (await engine.freePort());
      if (fixed !== undefined && (await listeningAt(engine, port)) !== undefined)
        return { kind: "failed", document: portTaken(port) };
      // Without a handler: nothing is asked of the agent but to start the application, to log and to end it.
      const environment = { ...serverEnvironment(parts.environment, port), PHX_SERVER: "true", _HANDLER: "" };
      const started = elixirHost({ ...parts, environment });
      host = started;
      const limit = startTimeout === undefined ? START_WITHIN_MS : startTimeout * 1_000;
      invoke = serveWeb(settings, async () => serverOf(await started.current(), port, limit));
      const outcome = await started.start();
      if (outcome.kind === "failed") return outcome;
      const remaining = startTimeout === undefined ? START_WITHIN_MS - performance.now() : limit;
      onShutdown(() => last?.terminate());
      return serverOf(await started.current(), port, remaining).started;
    },
    async invoke(event, context) {
      if (invoke === undefined || host === undefined) throw new Error("invoke was called before start");
      return invoke(event, context);
    },
  };
}
