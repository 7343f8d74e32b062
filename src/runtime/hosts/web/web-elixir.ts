import type { WebSettings } from "../../../protocol/web-settings.ts";
import { onShutdown } from "../../shutdown.ts";
import type { Beam } from "../elixir/beam.ts";
import { elixirHost, type ElixirHostParts } from "../elixir/elixir.ts";
import type { HandlerHost } from "../host.ts";
import type { InitOutcome } from "../../outcome.ts";
import { serverEnvironment } from "./web-command.ts";
import { endedInInit, neverReady, portTaken } from "./web-faults.ts";
import { START_WITHIN_MS } from "../child/deadline-steps.ts";
import { listeningAt, untilReady } from "./web-ready.ts";
import { type ServerStart, serveWeb, type WebServer } from "./web-serve.ts";

/** As faults name it. */
const APPLICATION = "the Elixir application";

export interface ElixirWebHostParts extends ElixirHostParts {
  /** Whether its answers are streamed. */
  readonly streams: boolean;
}

/**
 * The Elixir application is the server: it is started as for a handler, and requests go to its port instead of
 * frames. Phoenix starts its endpoint where `PHX_SERVER` is set.
 */
export function elixirWebHost(parts: ElixirWebHostParts, settings: WebSettings): HandlerHost {
  const { engine } = parts;
  const servers = new WeakMap<Beam, WebServer>();
  let invoke: HandlerHost["invoke"] | undefined;
  let last: Beam | undefined;

  const listening = async (beam: Beam, port: number, within: number): Promise<ServerStart> => {
    const started = await beam.started;
    if (started.kind === "failed") return started;
    const check = { port, path: settings.readyPath, within };
    const readiness = await untilReady(engine, check, beam.ended);
    switch (readiness.kind) {
      case "ready":
        return readiness;
      case "ended":
        return { kind: "failed", document: endedInInit(APPLICATION, readiness.end, beam.lastWords) };
      case "late":
        beam.kill();
        return { kind: "failed", document: neverReady(APPLICATION, check, beam.lastWords) };
      default:
        return readiness satisfies never;
    }
  };

  const serverOf = (beam: Beam, port: number, within: number): WebServer => {
    last = beam;
    const known = servers.get(beam);
    if (known !== undefined) return known;
    const server: WebServer = {
      started: listening(beam, port, within),
      ended: beam.ended,
      kill: () => beam.kill(),
      serves: () => beam.request(),
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
      const host = elixirHost({ ...parts, environment });
      const limit = startTimeout === undefined ? START_WITHIN_MS : startTimeout * 1_000;
      invoke = serveWeb(settings, parts.streams, async () => serverOf(await host.current(), port, limit));
      const outcome = await host.start();
      if (outcome.kind === "failed") return outcome;
      const remaining = startTimeout === undefined ? START_WITHIN_MS - performance.now() : limit;
      onShutdown(() => last?.terminate());
      return serverOf(await host.current(), port, remaining).started;
    },
    async invoke(event, context) {
      if (invoke === undefined) throw new Error("invoke was called before start");
      return invoke(event, context);
    },
  };
}
