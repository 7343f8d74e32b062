import { decodeFrame, encodeCancel, encodeInvoke, encodeWhere, FrameReader } from "../../protocol/beam-frames.ts";
import type { ErrorDocument } from "../../protocol/error-document.ts";
import { type Context, runInContext } from "../context.ts";
import { withinLimit } from "../encode-result.ts";
import type { ChildCommand, ChildEnd, ChildProcess, Engine } from "../engine.ts";
import { log, LOG_LEVELS, type LogLevel } from "../log.ts";
import { endedInInit, endedInInvocation, fault, notStarted, readDocument, readStack, timedOut } from "./beam-faults.ts";
import { watchDeadline } from "./deadline.ts";
import type { HandlerOutcome, InitOutcome } from "./host.ts";
import { LineSplitter } from "./line-splitter.ts";

const MAX_LAST_WORDS = 20;
/** Turns of the event loop that are spent on output before an answer, at most: it may never stop. */
const MAX_OUTPUT_TURNS = 50;

/** An invocation under way. */
interface Open {
  readonly context: Context;
  /** Where the handler was when it was last looked for. */
  stack: readonly string[];
  /** Why it is ended: `asked` until its process is gone. */
  timeout: "no" | "asked" | "ended";
  settle(outcome: HandlerOutcome): void;
}

/** One life of the BEAM child: it starts, serves any number of invocations at once, and ends. */
export class Beam {
  /** Never rejects. */
  readonly started: Promise<InitOutcome>;
  /** Whether it has served an invocation: one that never did is not worth starting again ahead of need. */
  served = false;
  #alive = true;

  readonly #open = new Map<string, Open>();
  readonly #frames = new FrameReader();
  readonly #lines = { stdout: new LineSplitter(), stderr: new LineSplitter() };
  readonly #lastWords: string[] = [];
  readonly #onEnd: (end: ChildEnd) => void;
  #child: ChildProcess | undefined;
  #start!: (outcome: InitOutcome) => void;
  #ready = false;
  #outputs = 0;

  constructor(engine: Engine, command: ChildCommand, onEnd: (end: ChildEnd) => void) {
    this.#onEnd = onEnd;
    this.started = new Promise((resolve) => {
      this.#start = resolve;
    });
    const events = {
      data: (bytes: Uint8Array) => this.#receive(bytes),
      closed: () => {
        this.#alive = false;
      },
      output: (stream: "stdout" | "stderr", bytes: Uint8Array) => this.#print(stream, this.#lines[stream].push(bytes)),
      ended: (end: ChildEnd) => this.#ended(end),
    };
    engine.startChild(command, events).then(
      (child) => {
        this.#child = child;
      },
      (error: unknown) => {
        this.#alive = false;
        this.#start({ kind: "failed", document: notStarted(error) });
      },
    );
  }

  /** Whether another invocation can be given to it. */
  get alive(): boolean {
    return this.#alive;
  }

  get idle(): boolean {
    return this.#open.size === 0;
  }

  /** Runs the handler. Only once `started` says that it is ready. */
  invoke(event: Uint8Array, context: Context): Promise<HandlerOutcome> {
    const id = context.awsRequestId;
    // A second one could not be told from the first.
    if (this.#open.has(id))
      return Promise.resolve(failed(fault("Runtime.PlatformError", `The request id ${id} is being served already`)));
    return new Promise((resolve) => {
      const open: Open = {
        context,
        stack: [],
        timeout: "no",
        settle: (outcome) => {
          unwatch();
          open.settle = () => undefined;
          void this.#outputRead().then(() => {
            this.#open.delete(id);
            resolve(outcome);
          });
        },
      };
      const unwatch = watchDeadline(context, {
        look: () => this.#send(encodeWhere(id)),
        cancel: () => {
          open.timeout = "asked";
          this.#send(encodeCancel(id));
        },
        giveUp: () => {
          if (open.timeout === "asked") {
            log.error("The handler's process can't be ended; the BEAM is.");
            this.#kill();
          }
          open.settle(failed(timedOut(open.stack)));
        },
      });
      this.#open.set(id, open);
      this.served = true;
      const deadlineMs = context.deadline.getTime();
      this.#send(encodeInvoke({ id, deadlineMs, context: contextJson(context, deadlineMs), event }));
    });
  }

  #send(frame: Uint8Array): void {
    // If the child is gone, its end answers for it.
    this.#child?.write(frame).catch(() => undefined);
  }

  #receive(bytes: Uint8Array): void {
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
        this.#ready = true;
        this.#start({ kind: "ready" });
        return;
      case "init-failed":
        this.#start({ kind: "failed", document: readDocument(frame.document) });
        return;
      case "result":
        this.#open.get(frame.id)?.settle(succeeded(frame.body));
        return;
      case "failure": {
        const open = this.#open.get(frame.id);
        if (open === undefined) return;
        if (open.timeout === "no") return open.settle(failed(readDocument(frame.document), frame.expected));
        open.timeout = "ended";
        // Otherwise its stack is still on its way.
        if (open.stack.length > 0) open.settle(failed(timedOut(open.stack)));
        return;
      }
      case "stack":
        this.#tellStack(frame.id, readStack(frame.frames));
        return;
      case "log":
        this.#log(LOG_LEVELS[frame.level] ?? "info", frame.message, frame.id);
        return;
      case "malformed":
        return this.#outOfStep(frame.problem);
      default:
        frame satisfies never;
    }
  }

  #outOfStep(problem: string): void {
    log.error(`The BEAM and the runtime have lost each other, so the BEAM is ended: ${problem}`);
    this.#kill();
  }

  #kill(): void {
    this.#alive = false;
    this.#child?.kill();
  }

  #tellStack(id: string, stack: readonly string[]): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    open.stack = stack;
    if (open.timeout === "ended") open.settle(failed(timedOut(stack)));
    const at = stack.map((frame) => `\n    ${frame}`).join("");
    this.#log(
      "warn",
      `Timeout: the handler is still running ${open.context.remainingTime()} ms before its deadline${at}`,
      id,
    );
  }

  #log(level: LogLevel, message: string, id: string): void {
    const [only] = this.#open.size === 1 ? this.#open.values() : [];
    const open = this.#open.get(id) ?? only;
    if (open === undefined) log[level](message);
    else runInContext(open.context, () => log[level](message));
  }

  #print(stream: "stdout" | "stderr", lines: readonly string[]): void {
    this.#outputs++;
    for (const line of lines) {
      this.#log(stream === "stdout" ? "info" : "error", line, "");
      if (!this.#ready && this.#lastWords.push(line) > MAX_LAST_WORDS) this.#lastWords.shift();
    }
  }

  /**
   * What was printed before an answer lies in other pipes than the answer, and a frozen process logs nothing: reads
   * until nothing more is there.
   */
  async #outputRead(): Promise<void> {
    for (let turn = 0; turn < MAX_OUTPUT_TURNS; turn++) {
      const before = this.#outputs;
      await nextTurn();
      if (this.#outputs === before) break;
    }
    if (this.#open.size === 1) this.#flushLines();
  }

  #flushLines(): void {
    this.#print("stdout", this.#lines.stdout.flush());
    this.#print("stderr", this.#lines.stderr.flush());
  }

  #ended(end: ChildEnd): void {
    this.#alive = false;
    this.#flushLines();
    this.#start({ kind: "failed", document: endedInInit(end, this.#lastWords) });
    this.#onEnd(end);
    const document: ErrorDocument = endedInInvocation(end);
    for (const open of this.#open.values()) open.settle(failed(document));
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

function succeeded(json: Uint8Array): HandlerOutcome {
  const result = withinLimit(json);
  return result.kind === "failed"
    ? failed(result.document)
    : { kind: "value", body: result.body, contentType: "application/json" };
}

function failed(document: ErrorDocument, expected = false): HandlerOutcome {
  return { kind: "failed", document, expected };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
