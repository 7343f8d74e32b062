import { randomUUID } from "node:crypto";
import type { InvocationMetadata } from "../../protocol/invocation.ts";
import type { FunctionFailure } from "../function-errors.ts";
import { deferred, type Deferred, type Invocation } from "../invocation.ts";

/** An open `next` of the runtime. `send` says whether the connection could still take it. */
export interface NextCall {
  send(metadata: InvocationMetadata, payload: Uint8Array): boolean;
}

/** An open `event/next` of an extension. */
export interface ExtensionCall {
  send(event: Readonly<Record<string, unknown>>): boolean;
}

/** Why a call is refused. Body as Lambda's: `{errorMessage, errorType}`. */
export interface Refusal {
  readonly kind: "refused";
  readonly status: 400 | 403 | 404 | 410 | 413;
  readonly errorType: string;
  readonly errorMessage: string;
}

/** The right to answer one invocation, held by one request of the runtime. */
export interface AnswerClaim {
  readonly kind: "claimed";
  readonly invocation: Invocation;
  /** To be called when the request has been read. Refused when the invocation timed out meanwhile. */
  readonly complete: () => Refusal | undefined;
}

export type RuntimeInit = { readonly kind: "ready" } | { readonly kind: "reported"; readonly failure: FunctionFailure };

interface Delivery {
  readonly invocation: Invocation;
  readonly metadata: InvocationMetadata;
  state: "waiting" | "sent" | "answering" | "answered" | "abandoned";
  readonly done: Deferred<void>;
}

interface Extension {
  readonly name: string;
  readonly wantsInvoke: boolean;
  call: ExtensionCall | undefined;
}

const MAX_EXTENSIONS = 10;

/**
 * What one runtime process and the platform have said to each other, and so what either may say next.
 * Knows the rules of the Runtime API and nothing of HTTP or processes.
 */
export class Session {
  /** Several invocations at once, matched by id only; otherwise strictly one after the other. */
  readonly #concurrent: boolean;
  readonly #nextCalls: NextCall[] = [];
  readonly #deliveries = new Map<string, Delivery>();
  readonly #extensions = new Map<string, Extension>();
  readonly #init: Deferred<RuntimeInit> = deferred();
  #phase: "init" | "failed" | "running" = "init";
  #nextCalled = false;

  constructor(options: { concurrent: boolean }) {
    this.#concurrent = options.concurrent;
  }

  /** Resolves once: when the runtime and its extensions first wait for work, or when it reports that it can't. */
  get initialised(): Promise<RuntimeInit> {
    return this.#init.promise;
  }

  get hasExtensions(): boolean {
    return this.#extensions.size > 0;
  }

  /**
   * Hands an invocation to the runtime, now or at its next `next`.
   * Resolves when the runtime is through with it: answered and, unless concurrent, back for more.
   */
  deliver(invocation: Invocation, deadlineMs: number): Promise<void> {
    const { payload: _payload, functionName: _name, ...request } = invocation.request;
    const metadata: InvocationMetadata = { ...request, deadlineMs };
    const delivery: Delivery = { invocation, metadata, state: "waiting", done: deferred() };
    if (!this.#concurrent) this.#deliveries.clear();
    this.#deliveries.set(metadata.requestId, delivery);
    this.#notifyExtensions(metadata);
    this.#sendWaiting();
    return delivery.done.promise;
  }

  /** The caller has been told of a timeout; the runtime may still come with an answer, which is then refused. */
  abandon(invocation: Invocation): void {
    const delivery = this.#deliveries.get(invocation.request.requestId);
    if (delivery === undefined) return;
    if (delivery.state === "waiting") this.#deliveries.delete(invocation.request.requestId);
    else delivery.state = "abandoned";
  }

  next(call: NextCall): Refusal | undefined {
    if (this.#phase === "failed") return invalidTransition();
    if (!this.#concurrent && [...this.#deliveries.values()].some(isUnderWay)) return invalidTransition();
    this.#nextCalled = true;
    this.#nextCalls.push(call);
    this.#settle();
    this.#sendWaiting();
    return undefined;
  }

  /** The connection of an open `next` closed. */
  withdraw(call: NextCall): void {
    const index = this.#nextCalls.indexOf(call);
    if (index >= 0) this.#nextCalls.splice(index, 1);
  }

  initError(failure: FunctionFailure): Refusal | undefined {
    if (this.#phase !== "init" || this.#nextCalled) return invalidTransition();
    this.#phase = "failed";
    this.#init.resolve({ kind: "reported", failure });
    return undefined;
  }

  /** `response` and `error` come here before their bodies are read: only one of them may answer. */
  claim(requestId: string): AnswerClaim | Refusal {
    if (this.#phase !== "running") return invalidTransition();
    const delivery = this.#deliveries.get(requestId);
    if (delivery === undefined || delivery.state === "waiting") return invalidRequestId();
    switch (delivery.state) {
      case "sent":
        delivery.state = "answering";
        return { kind: "claimed", invocation: delivery.invocation, complete: () => this.#complete(delivery) };
      case "abandoned":
        this.#deliveries.delete(requestId);
        return tooLate();
      case "answering":
      case "answered":
        return this.#concurrent ? invalidRequestId() : invalidTransition();
    }
  }

  register(name: string, events: readonly string[]): { readonly kind: "registered"; readonly id: string } | Refusal {
    if (this.#phase !== "init" || this.#nextCalled) {
      return refused(403, "Extension.RegistrationClosed", "Extension registration closed already");
    }
    if (this.#extensions.size >= MAX_EXTENSIONS) {
      return refused(403, "Extension.TooManyExtensions", `Extension limit (${MAX_EXTENSIONS}) reached`);
    }
    // Only external extensions, which a local environment doesn't start, may ask for SHUTDOWN.
    const foreign = events.find((event) => event !== "INVOKE" || this.#concurrent);
    if (foreign !== undefined) {
      return refused(403, "Extension.InvalidEventType", `Internal extensions can't register for ${foreign}`);
    }
    const id = randomUUID();
    this.#extensions.set(id, { name, wantsInvoke: events.includes("INVOKE"), call: undefined });
    return { kind: "registered", id };
  }

  extensionNext(id: string, call: ExtensionCall): Refusal | undefined {
    const extension = this.#extensions.get(id);
    if (extension === undefined) {
      return refused(403, "Extension.UnknownExtensionIdentifier", `Unknown extension ${id}`);
    }
    extension.call = call;
    this.#settle();
    return undefined;
  }

  #complete(delivery: Delivery): Refusal | undefined {
    if (delivery.state === "abandoned") {
      this.#deliveries.delete(delivery.metadata.requestId);
      return tooLate();
    }
    delivery.state = "answered";
    if (this.#concurrent) {
      this.#deliveries.delete(delivery.metadata.requestId);
      delivery.done.resolve();
    }
    return undefined;
  }

  /** Sees whether the runtime and its extensions now wait for work, which ends init or an invocation. */
  #settle(): void {
    const waiting = this.#nextCalled && [...this.#extensions.values()].every((one) => one.call !== undefined);
    if (!waiting) return;
    if (this.#phase === "init") {
      this.#phase = "running";
      this.#init.resolve({ kind: "ready" });
    }
    if (this.#concurrent || this.#nextCalls.length === 0) return;
    for (const delivery of this.#deliveries.values()) if (delivery.state === "answered") delivery.done.resolve();
  }

  #sendWaiting(): void {
    for (const delivery of this.#deliveries.values()) {
      while (delivery.state === "waiting") {
        const call = this.#nextCalls.shift();
        if (call === undefined) return;
        if (call.send(delivery.metadata, delivery.invocation.request.payload)) delivery.state = "sent";
      }
    }
  }

  #notifyExtensions(metadata: InvocationMetadata): void {
    for (const extension of this.#extensions.values()) {
      if (!extension.wantsInvoke) continue;
      extension.call?.send({
        eventType: "INVOKE",
        deadlineMs: metadata.deadlineMs,
        requestId: metadata.requestId,
        invokedFunctionArn: metadata.invokedFunctionArn,
        tracing: { type: "X-Amzn-Trace-Id", value: metadata.traceId ?? "" },
      });
      extension.call = undefined;
    }
  }
}

function isUnderWay(delivery: Delivery): boolean {
  return delivery.state === "sent" || delivery.state === "answering";
}

export function refused(status: Refusal["status"], errorType: string, errorMessage: string): Refusal {
  return { kind: "refused", status, errorType, errorMessage };
}

function invalidTransition(): Refusal {
  return refused(403, "InvalidStateTransition", "Transition not allowed in the current state");
}

function invalidRequestId(): Refusal {
  return refused(400, "InvalidRequestID", "Invalid request ID");
}

function tooLate(): Refusal {
  return refused(410, "InvokeTimeout", "The invocation has timed out already");
}
