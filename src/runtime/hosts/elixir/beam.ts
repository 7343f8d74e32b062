import { decodeFrame, encodePing, FrameReader } from "../../../protocol/beam-frames.ts";
import { type Context, runInContext } from "../../context.ts";
import type { ChildCommand, ChildEnd, ChildProcess, Engine } from "../../engine/engine.ts";
import { log } from "../../log/log.ts";
import { LOG_LEVELS, type LogLevel } from "../../log/log-entry.ts";
import { endedInInit, endedInInvocation, notStarted, readDocument, readStack } from "./beam-faults.ts";
import { fault } from "../child/child-faults.ts";
import { AbandonedHandlers } from "./abandoned-handlers.ts";
import { BeamInvocation, invokeFrame } from "./beam-invocation.ts";
import { type BeamState, causeOf } from "./beam-state.ts";
import { ChildOutput } from "../child/child-output.ts";
import type { HandlerOutcome, InitOutcome } from "../../outcome.ts";

/** What is to be made of the end of a BEAM. */
export interface BeamLoss {
  readonly end: ChildEnd;
  /** Nobody had asked for it, and no invocation's error tells of it. */
  readonly untold: boolean;
  /** It has served, and the next invocation would have to wait for another one. */
  readonly missed: boolean;
}

/** One life of the BEAM child: it starts, serves any number of invocations at once, and ends. */
export class Beam {
  /** Never rejects. */
  readonly started: Promise<InitOutcome>;
  /** Never rejects. */
  readonly ended: Promise<ChildEnd>;

  #state: BeamState = { kind: "starting" };
  readonly #open = new Map<string, BeamInvocation>();
  /** Asked and not answered, the first one first. */
  readonly #pings: (() => void)[] = [];
  /** How many requests the application serves at its own port, past the frames. */
  #requests = 0;
  /** One that never served is not worth starting again ahead of need. */
  #served = false;
  readonly #abandoned: AbandonedHandlers = new AbandonedHandlers(() => {
    log.error("A handler's process can't be ended; the BEAM is.");
    this.kill();
  });
  /** `undefined` once what arrives can't be made sense of. */
  #frames: FrameReader | undefined = new FrameReader();
  readonly #output = new ChildOutput((level, line) => this.#log(level, line, ""));
  readonly #lost: (loss: BeamLoss) => void;
  #child: ChildProcess | undefined;
  #start!: (outcome: InitOutcome) => void;
  #tellEnd!: (end: ChildEnd) => void;

  constructor(engine: Engine, command: ChildCommand, lost: (loss: BeamLoss) => void) {
    this.#lost = lost;
    this.started = new Promise((resolve) => {
      this.#start = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#tellEnd = resolve;
    });
    const events = {
      data: (bytes: Uint8Array) => this.#receive(bytes),
      closed: () => this.#closed(),
      output: (stream: "stdout" | "stderr", bytes: Uint8Array) => this.#output.receive(stream, bytes),
      ended: (end: ChildEnd) => this.#ended(end),
    };
    engine.startChild(command, events).then(
      (child) => {
        this.#child = child;
        if (this.#state.kind === "ending" && this.#state.cause === "killed") child.kill();
      },
      (error: unknown) => {
        this.#state = { kind: "ended", end: { code: null, signal: null } };
        this.#start({ kind: "failed", document: notStarted(error) });
      },
    );
  }

  /** Whether another invocation can be given to it. */
  get alive(): boolean {
    const { kind } = this.#state;
    return kind === "starting" || kind === "ready" || kind === "stopping";
  }

  /** What the virtual machine printed last, for whoever has to say why it is of no use. */
  get lastWords(): readonly string[] {
    return this.#output.lastWords;
  }

  /** Waits for the processes that were told to end. If they don't, the BEAM is ended. */
  cleared(): Promise<void> {
    return this.#abandoned.cleared();
  }

  /** Runs the handler. Only once `started` says that it is ready. Never rejects. */
  async invoke(event: Uint8Array, context: Context): Promise<HandlerOutcome> {
    if (this.#state.kind === "ended") {
      return { kind: "failed", document: endedInInvocation(this.#state.end), expected: false };
    }
    const id = context.awsRequestId;
    let frame: Uint8Array;
    try {
      // A second one with its id could not be told from the first.
      if (this.#open.has(id)) throw new RangeError("An invocation of this id is being served already");
      frame = invokeFrame(event, context);
    } catch (error) {
      const document = fault("Runtime.PlatformError", `The invocation can't be handed on: ${String(error)}`);
      return { kind: "failed", document, expected: false };
    }
    const invocation = new BeamInvocation(context, {
      send: (bytes) => this.#send(bytes),
      abandon: () => this.#abandoned.add(id),
    });
    this.#open.set(id, invocation);
    this.#served = true;
    this.#send(frame);
    const outcome = await invocation.outcome;
    await this.#output.drained();
    // With others beside it, the rest of a line may be anybody's.
    if (this.#open.size === 1) this.#output.flush();
    this.#open.delete(id);
    return outcome;
  }

  /** A request is on its way to the application's own port; the returned function is called when it is over. */
  request(): () => Promise<void> {
    this.#served = true;
    this.#requests++;
    return async () => {
      // The answer came past the frames: log lines may still be on their way, and a frozen process logs nothing.
      await this.#allSaid();
      await this.#output.drained();
      this.#output.flush();
      this.#requests--;
    };
  }

  /** Resolves when all that the virtual machine has said so far has been heard, or it has ended. */
  async #allSaid(): Promise<void> {
    const { kind } = this.#state;
    if (kind !== "ready" && kind !== "stopping") return;
    const heard = new Promise<void>((resolve) => {
      this.#pings.push(resolve);
    });
    this.#send(encodePing());
    await Promise.race([heard, this.ended]);
  }

  #send(frame: Uint8Array): void {
    // If the child is gone, its end answers for it.
    this.#child?.write(frame).catch(() => undefined);
  }

  #receive(bytes: Uint8Array): void {
    if (this.#frames === undefined) return;
    try {
      for (const frame of this.#frames.push(bytes)) this.#handle(frame);
    } catch (error) {
      this.#outOfStep(String(error));
    }
  }

  #handle(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    switch (frame.kind) {
      case "ready":
        if (this.#state.kind === "starting") this.#state = { kind: "ready" };
        return this.#start({ kind: "ready" });
      case "init-failed":
        return this.#start({ kind: "failed", document: readDocument(frame.document) });
      case "result":
        this.#abandoned.ended(frame.id);
        return this.#open.get(frame.id)?.succeed(frame.body);
      case "failure":
        this.#abandoned.ended(frame.id);
        return this.#open.get(frame.id)?.failed(readDocument(frame.document), frame.expected);
      case "stack":
        return this.#open.get(frame.id)?.found(readStack(frame.frames));
      case "log":
        return this.#log(LOG_LEVELS[frame.level] ?? "info", frame.message, frame.id);
      case "pong":
        return this.#pings.shift()?.();
      case "malformed":
        return this.#outOfStep(frame.problem);
      default:
        frame satisfies never;
    }
  }

  #outOfStep(problem: string): void {
    this.#frames = undefined;
    log.error(`The BEAM and the runtime have lost each other, so the BEAM is ended: ${problem}`);
    this.kill();
  }

  /** Stops the applications in order, as any release does at SIGTERM. Resolves once the virtual machine has ended. */
  async terminate(): Promise<void> {
    if (this.#child === undefined || !this.alive) return;
    this.#state = { kind: "stopping" };
    process.kill(this.#child.pid, "SIGTERM");
    await this.ended;
  }

  /** Ends the virtual machine at once. */
  kill(): void {
    if (this.#state.kind === "ended") return;
    this.#state = { kind: "ending", cause: causeOf(this.#state) === "stopped" ? "stopped" : "killed" };
    this.#child?.kill();
  }

  /** What belongs to no invocation counts as the only one's, if there is only one. */
  #log(level: LogLevel, message: string, id: string): void {
    const [only] = this.#open.size === 1 ? this.#open.values() : [];
    const invocation = this.#open.get(id) ?? only;
    if (invocation === undefined) log[level](message);
    else runInContext(invocation.context, () => log[level](message));
  }

  #closed(): void {
    if (this.#state.kind !== "ended") this.#state = { kind: "ending", cause: causeOf(this.#state) };
  }

  #ended(end: ChildEnd): void {
    if (this.#state.kind === "ended") return;
    const cause = causeOf(this.#state);
    this.#state = { kind: "ended", end };
    this.#abandoned.allEnded();
    this.#output.flush();
    this.#start({ kind: "failed", document: endedInInit(end, this.#output.lastWords) });
    const idle = this.#open.size === 0 && this.#requests === 0;
    this.#lost({ end, untold: cause === "by itself" && idle, missed: this.#served && cause !== "stopped" });
    this.#tellEnd(end);
    for (const invocation of this.#open.values()) invocation.fail(endedInInvocation(end));
  }
}
