import type { ErrorDocument } from "../../../protocol/error-document.ts";
import { type Context, runInContext } from "../../context.ts";
import type { ChildEnd, Engine, Program, ProgramCommand } from "../../engine/engine.ts";
import { log } from "../../log/log.ts";
import { ChildOutput } from "../child/child-output.ts";
import { endedInInit, neverReady, notStarted } from "./web-faults.ts";
import { type ReadyCheck, untilReady } from "./web-ready.ts";
import type { ServerStart } from "./web-serve.ts";

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

/** One life of the server's process: it starts, serves, ends. */
export class WebProgram {
  /** Never rejects. */
  readonly started: Promise<ServerStart>;
  /** Never rejects. */
  readonly ended: Promise<ChildEnd>;
  alive = true;
  /** Whether it ends because this side ended it. */
  killed = false;
  readonly output: ChildOutput = new ChildOutput((level, line) => this.#inContext(() => log[level](line)));
  readonly #contexts = new Set<Context>();
  #program: Program | undefined;

  constructor(engine: Engine, plan: ProgramPlan) {
    let end!: (end: ChildEnd) => void;
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.started = this.#start(engine, plan, end);
  }

  get idle(): boolean {
    return this.#contexts.size === 0;
  }

  /** Until the returned function is called, what the server prints belongs to this invocation, if it is the only one. */
  serves(context: Context): () => void {
    this.#contexts.add(context);
    return () => {
      // With others beside it, the rest of a line may be anybody's.
      if (this.#contexts.size === 1) this.output.flush();
      this.#contexts.delete(context);
    };
  }

  kill(): void {
    this.alive = false;
    this.killed = true;
    this.#program?.kill("SIGKILL");
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    this.killed = true;
    if (!this.alive) return;
    await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, SIGTERM_AFTER_MS))]);
    if (this.alive) this.#program?.kill("SIGTERM");
    await this.ended;
  }

  async #start(engine: Engine, plan: ProgramPlan, end: (end: ChildEnd) => void): Promise<ServerStart> {
    const { command, name, check } = plan;
    try {
      this.#program = await engine.startProgram(command, {
        output: (stream, bytes) => this.output.receive(stream, bytes),
        ended: (how) => {
          this.alive = false;
          this.output.flush();
          end(how);
        },
      });
    } catch (error) {
      this.alive = false;
      end({ code: null, signal: null });
      return failed(notStarted(name, error));
    }
    if (this.killed) this.#program.kill("SIGKILL");
    const readiness = await untilReady(engine, check, this.ended);
    switch (readiness.kind) {
      case "ready":
        return readiness;
      case "ended":
        return failed(endedInInit(name, readiness.end, this.output.lastWords));
      case "late":
        this.kill();
        return failed(neverReady(`the server "${name}"`, check, this.output.lastWords));
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

function failed(document: ErrorDocument): ServerStart {
  return { kind: "failed", document };
}
