import type { ErrorDocument } from "../../../protocol/error-document.ts";
import { type Context, runInContext } from "../../context.ts";
import type { ChildEnd, Engine, Program, ProgramCommand } from "../../engine/engine.ts";
import { log } from "../../log/log.ts";
import { ChildOutput } from "../child/child-output.ts";
import { endedInInit, neverReady, notStarted } from "./web-faults.ts";
import { type ReadyCheck, untilReady } from "./web-ready.ts";
import type { ServerStart, WebServer } from "./web-serve.ts";

/**
 * Lambda's SIGTERM may reach the server together with the runtime. One that is still there after this time is taken
 * for not having got it: a second one would end a server that handles only the first.
 */
const SIGTERM_AFTER_MS = 100;

export interface ProgramPlan {
  readonly command: ProgramCommand;
  /** As the user wrote it. */
  readonly name: string;
  /** When it is taken for started. */
  readonly check: ReadyCheck;
}

type State =
  | { readonly kind: "starting" | "ready" }
  /** To end for good, and serves on until then. */
  | { readonly kind: "stopping" }
  | { readonly kind: "killed"; readonly wasReady: boolean }
  /** `meant`: this side had ended it, or was about to. */
  | { readonly kind: "ended"; readonly meant: boolean };

/** One life of the server's process: it starts, serves, ends. */
export class WebProgram implements WebServer {
  /** Never rejects. */
  readonly started: Promise<ServerStart>;
  /** Never rejects. */
  readonly ended: Promise<ChildEnd>;
  #state: State = { kind: "starting" };
  readonly #output: ChildOutput = new ChildOutput((level, line) => this.#inContext(() => log[level](line)));
  readonly #contexts = new Set<Context>();
  readonly #lost: (end: ChildEnd) => void;
  #program: Program | undefined;

  /** `lost` is called when one that was ready has ended, unless that was for good. */
  constructor(engine: Engine, plan: ProgramPlan, lost: (end: ChildEnd) => void) {
    this.#lost = lost;
    let end!: (end: ChildEnd) => void;
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.started = this.#start(engine, plan, end);
  }

  /** Whether requests can be given to it, now or once it has started. */
  get alive(): boolean {
    const { kind } = this.#state;
    return kind === "starting" || kind === "ready" || kind === "stopping";
  }

  /** Whether it serves nothing now. */
  get idle(): boolean {
    return this.#contexts.size === 0;
  }

  /** Whether this side has ended it, or is about to. */
  get meant(): boolean {
    const state = this.#state;
    return state.kind === "stopping" || state.kind === "killed" || (state.kind === "ended" && state.meant);
  }

  /** What the server prints meanwhile belongs to this invocation, if it is the only one. */
  serves(context: Context): () => Promise<void> {
    this.#contexts.add(context);
    return async () => {
      await this.#output.drained();
      // With others beside it, the rest of a line may be anybody's.
      if (this.#contexts.size === 1) this.#output.flush();
      this.#contexts.delete(context);
    };
  }

  kill(): void {
    if (this.#state.kind === "ended") return;
    this.#state = { kind: "killed", wasReady: wasReady(this.#state) };
    this.#program?.kill("SIGKILL");
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    if (this.#state.kind === "ended") this.#state = { kind: "ended", meant: true };
    if (!this.alive) return;
    this.#state = { kind: "stopping" };
    await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, SIGTERM_AFTER_MS))]);
    if (this.alive) this.#program?.kill("SIGTERM");
    await this.ended;
  }

  async #start(engine: Engine, plan: ProgramPlan, end: (end: ChildEnd) => void): Promise<ServerStart> {
    const { command, name, check } = plan;
    try {
      this.#program = await engine.startProgram(command, {
        output: (stream, bytes) => this.#output.receive(stream, bytes),
        ended: (how) => {
          const lost = wasReady(this.#state);
          this.#state = { kind: "ended", meant: this.meant };
          this.#output.flush();
          if (lost) this.#lost(how);
          end(how);
        },
      });
    } catch (error) {
      this.#state = { kind: "ended", meant: this.meant };
      end({ code: null, signal: null });
      return failed(notStarted(name, error));
    }
    if (this.meant) this.#program.kill("SIGKILL");
    const readiness = await untilReady(engine, check, this.ended);
    switch (readiness.kind) {
      case "ready":
        if (this.#state.kind === "starting") this.#state = { kind: "ready" };
        return readiness;
      case "ended":
        return failed(endedInInit(`the server "${name}"`, readiness.end, this.#output.lastWords));
      case "late":
        this.kill();
        return failed(neverReady(`the server "${name}"`, check, this.#output.lastWords));
      default:
        return readiness satisfies never;
    }
  }

  #inContext(write: () => void): void {
    const [only] = this.#contexts.size === 1 ? this.#contexts : [];
    if (only === undefined) write();
    else runInContext(only, write);
  }
}

function wasReady(state: State): boolean {
  return state.kind === "ready" || (state.kind === "killed" && state.wasReady);
}

function failed(document: ErrorDocument): ServerStart {
  return { kind: "failed", document };
}
