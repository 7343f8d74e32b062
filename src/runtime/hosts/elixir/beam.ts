import { decodeFrame, encodeInvoke, FrameReader } from "../../../protocol/beam-frames.ts";
import { type Context, runInContext } from "../../context.ts";
import type { ChildCommand, ChildEnd, ChildProcess, Engine } from "../../engine/engine.ts";
import { log } from "../../log/log.ts";
import { LOG_LEVELS, type LogLevel } from "../../log/log-entry.ts";
import { endedInInit, endedInInvocation, notStarted, readDocument, readStack } from "./beam-faults.ts";
import { fault } from "../child/child-faults.ts";
import { BeamInvocation } from "./beam-invocation.ts";
import { ChildOutput } from "../child/child-output.ts";
import type { HandlerOutcome, InitOutcome } from "../../outcome.ts";

/** For a process to end that was told to. Native code can hold it for ever. */
const ABANDONED_FOR_MS = 1_000;

/** One life of the BEAM child: it starts, serves any number of invocations at once, and ends. */
export class Beam {
  /** Never rejects. */
  readonly started: Promise<InitOutcome>;
  /** Never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** Whether its application has started. */
  ready = false;
  /** Whether it has served an invocation: one that never did is not worth starting again ahead of need. */
  served = false;
  /** Whether another invocation can be given to it. */
  alive = true;
  /** Whether it ends because this side ended it. */
  killed = false;
  /** How many requests the application serves at its own port, past the frames. */
  requests = 0;

  readonly #open = new Map<string, BeamInvocation>();
  /** Invocations that are answered and whose processes have not ended yet. */
  readonly #abandoned = new Set<string>();
  #clearing: Promise<void> | undefined;
  #abandonedEnded: () => void = () => undefined;
  readonly #frames = new FrameReader();
  readonly #output = new ChildOutput((level, line) => this.#log(level, line, ""));
  readonly #onEnd: (end: ChildEnd) => void;
  #child: ChildProcess | undefined;
  #start!: (outcome: InitOutcome) => void;
  #tellEnd!: (end: ChildEnd) => void;
  #inStep = true;
  #end: ChildEnd | undefined;

  constructor(engine: Engine, command: ChildCommand, onEnd: (end: ChildEnd) => void) {
    this.#onEnd = onEnd;
    this.started = new Promise((resolve) => {
      this.#start = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#tellEnd = resolve;
    });
    const events = {
      data: (bytes: Uint8Array) => this.#receive(bytes),
      closed: () => {
        this.alive = false;
      },
      output: (stream: "stdout" | "stderr", bytes: Uint8Array) => this.#output.receive(stream, bytes),
      ended: (end: ChildEnd) => this.#ended(end),
    };
    engine.startChild(command, events).then(
      (child) => {
        this.#child = child;
        if (this.killed) child.kill();
      },
      (error: unknown) => {
        this.alive = false;
        this.#start({ kind: "failed", document: notStarted(error) });
      },
    );
  }

  get idle(): boolean {
    return this.#open.size === 0 && this.requests === 0;
  }

  /** Waits for the processes that were told to end. If they don't, the BEAM is ended: they hold places of others. */
  async cleared(): Promise<void> {
    if (this.#abandoned.size > 0) await (this.#clearing ??= this.#clear());
  }

  async #clear(): Promise<void> {
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, ABANDONED_FOR_MS);
      this.#abandonedEnded = () => {
        clearTimeout(late);
        resolve();
      };
    });
    this.#clearing = undefined;
    if (this.#abandoned.size === 0) return;
    log.error("A handler's process can't be ended; the BEAM is.");
    this.kill();
  }

  /** Runs the handler. Only once `started` says that it is ready. Never rejects. */
  async invoke(event: Uint8Array, context: Context): Promise<HandlerOutcome> {
    if (this.#end !== undefined) return { kind: "failed", document: endedInInvocation(this.#end), expected: false };
    const id = context.awsRequestId;
    const deadlineMs = context.deadline.getTime();
    let frame: Uint8Array;
    try {
      // A second one with its id could not be told from the first.
      if (this.#open.has(id)) throw new RangeError("An invocation of this id is being served already");
      frame = encodeInvoke({ id, deadlineMs, context: contextJson(context, deadlineMs), event });
    } catch (error) {
      const document = fault("Runtime.PlatformError", `The invocation can't be handed on: ${String(error)}`);
      return { kind: "failed", document, expected: false };
    }
    const invocation = new BeamInvocation(context, {
      send: (bytes) => this.#send(bytes),
      abandon: () => this.#abandoned.add(id),
    });
    this.#open.set(id, invocation);
    this.served = true;
    this.#send(frame);
    const outcome = await invocation.outcome;
    await this.#output.drained();
    // With others beside it, the rest of a line may be anybody's.
    if (this.#open.size === 1) this.#output.flush();
    this.#open.delete(id);
    return outcome;
  }

  #send(frame: Uint8Array): void {
    // If the child is gone, its end answers for it.
    this.#child?.write(frame).catch(() => undefined);
  }

  #receive(bytes: Uint8Array): void {
    if (!this.#inStep) return;
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
        this.ready = true;
        return this.#start({ kind: "ready" });
      case "init-failed":
        return this.#start({ kind: "failed", document: readDocument(frame.document) });
      case "result":
        this.#settled(frame.id);
        return this.#open.get(frame.id)?.succeed(frame.body);
      case "failure":
        this.#settled(frame.id);
        return this.#open.get(frame.id)?.failed(readDocument(frame.document), frame.expected);
      case "stack":
        return this.#open.get(frame.id)?.found(readStack(frame.frames));
      case "log":
        return this.#log(LOG_LEVELS[frame.level] ?? "info", frame.message, frame.id);
      case "malformed":
        return this.#outOfStep(frame.problem);
      default:
        frame satisfies never;
    }
  }

  #settled(id: string): void {
    if (this.#abandoned.delete(id) && this.#abandoned.size === 0) this.#abandonedEnded();
  }

  /** Waits until what was printed so far is logged. */
  async printed(): Promise<void> {
    await this.#output.drained();
    this.#output.flush();
  }

  #outOfStep(problem: string): void {
    this.#inStep = false;
    log.error(`The BEAM and the runtime have lost each other, so the BEAM is ended: ${problem}`);
    this.kill();
  }

  /** Stops the applications in order, as any release does at SIGTERM. Resolves once the virtual machine has ended. */
  async terminate(): Promise<void> {
    if (this.#child === undefined || !this.alive) return;
    this.killed = true;
    this.served = false;
    process.kill(this.#child.pid, "SIGTERM");
    await this.ended;
  }

  /** Ends the virtual machine at once. */
  kill(): void {
    this.alive = false;
    this.killed = true;
    this.#child?.kill();
  }

  /** What belongs to no invocation counts as the only one's, if there is only one. */
  #log(level: LogLevel, message: string, id: string): void {
    const [only] = this.#open.size === 1 ? this.#open.values() : [];
    const invocation = this.#open.get(id) ?? only;
    if (invocation === undefined) log[level](message);
    else runInContext(invocation.context, () => log[level](message));
  }

  #ended(end: ChildEnd): void {
    this.alive = false;
    this.#end = end;
    this.#abandoned.clear();
    this.#abandonedEnded();
    this.#output.flush();
    this.#start({ kind: "failed", document: endedInInit(end, this.#output.lastWords) });
    this.#onEnd(end);
    this.#tellEnd(end);
    for (const invocation of this.#open.values()) invocation.fail(endedInInvocation(end));
  }
}

/** What the child can't know from its variables. */
function contextJson(context: Context, deadlineMs: number): string {
  const { awsRequestId, invokedFunctionArn, xRayTraceId, clientContext, identity, tenantId } = context;
  return JSON.stringify({
    requestId: awsRequestId,
    invokedFunctionArn,
    deadlineMs,
    traceId: xRayTraceId,
    clientContext,
    identity,
    tenantId,
  });
}
