import { randomUUID } from "node:crypto";
import { EnvironmentLog } from "./environment-log.ts";
import { Environment, type EnvironmentOptions, type ExecutionEnvironment } from "./environment.ts";
import type { FunctionSettings } from "../function-settings.ts";
import { STOPPED, type Invocation } from "../invocation.ts";
import type { LogSink } from "../log.ts";
import { ManagedEnvironment } from "./managed-environment.ts";
import type { PackageStore } from "../package/package-store.ts";
import { FUNCTION_VERSION } from "../function-name.ts";
import type { LocalAccount } from "../account.ts";
import { processPlan } from "./process-plan.ts";

export interface EnvironmentPoolOptions {
  readonly settings: FunctionSettings;
  readonly account: LocalAccount;
  readonly store: PackageStore;
  readonly taskRoot: string;
  readonly enforceMemory: boolean;
  readonly freeze: boolean;
  readonly onLog: LogSink;
}

/**
 * A caller often comes back before the runtime has asked for more work. Lambda's callers are further away and find the
 * same environment; here a new one is started only when the old one isn't back within this time. Where no other may be
 * started, the caller waits as long as it takes: it was told that the invocation before is over.
 */
const PATIENCE_MS = 250;

/** An invocation whose turn has not come. */
interface Waiter {
  readonly invocation: Invocation;
  timer: NodeJS.Timeout | undefined;
  readonly admitted: (yes: boolean) => void;
}

/** All environments of one function: hands out invocations, scales out, and is the one owner of environment ids. */
export class EnvironmentPool {
  readonly #options: EnvironmentPoolOptions;
  readonly #all = new Set<ExecutionEnvironment>();
  readonly #waiters: Waiter[] = [];
  #stopped = false;

  constructor(options: EnvironmentPoolOptions) {
    this.#options = options;
  }

  /**
   * Gives an invocation to an environment.
   * @param inTurn waits for its turn however long it takes.
   * @returns false when as many environments as allowed are busy: Lambda's throttling.
   */
  admit(invocation: Invocation, inTurn: boolean): Promise<boolean> {
    if (this.#stopped) {
      invocation.unavailable(STOPPED);
      return Promise.resolve(true);
    }
    const comesBack = this.#finishing() > this.#waiters.length;
    const environment = this.#available() ?? (comesBack ? undefined : this.#create());
    if (environment !== undefined) {
      this.#run(environment, invocation);
      return Promise.resolve(true);
    }
    return comesBack || inTurn ? this.#wait(invocation, inTurn, comesBack) : Promise.resolve(false);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const waiter of this.#waiters.splice(0)) {
      clearTimeout(waiter.timer);
      waiter.invocation.unavailable(STOPPED);
      waiter.admitted(true);
    }
    await Promise.all([...this.#all].map((environment) => environment.stop()));
  }

  #run(environment: ExecutionEnvironment, invocation: Invocation): void {
    void environment.invoke(invocation).finally(() => this.#handOut(environment));
  }

  #handOut(environment: ExecutionEnvironment): void {
    while (environment.room > 0) {
      const waiter = this.#waiters.shift();
      if (waiter === undefined) return;
      clearTimeout(waiter.timer);
      this.#run(environment, waiter.invocation);
      waiter.admitted(true);
    }
  }

  /** The one used last is the warmest, and it lets the others stay frozen. */
  #available(): ExecutionEnvironment | undefined {
    const environment = [...this.#all].findLast((one) => one.room > 0);
    if (environment === undefined) return undefined;
    this.#all.delete(environment);
    this.#all.add(environment);
    return environment;
  }

  /** How many invocations the environments will soon have room for. */
  #finishing(): number {
    let sum = 0;
    for (const environment of this.#all) sum += environment.finishing;
    return sum;
  }

  /** @param comesBack an environment is on its way: another is started only if that takes long */
  #wait(invocation: Invocation, inTurn: boolean, comesBack: boolean): Promise<boolean> {
    return new Promise((admitted) => {
      const waiter: Waiter = { invocation, timer: undefined, admitted };
      const lostPatience = (): void => {
        const environment = this.#create();
        const place = this.#waiters.indexOf(waiter);
        if (environment === undefined && inTurn) return;
        if (environment === undefined && this.#finishing() > place) return bePatient();
        this.#waiters.splice(place, 1);
        if (environment !== undefined) this.#run(environment, invocation);
        admitted(environment !== undefined);
      };
      const bePatient = (): void => {
        waiter.timer = setTimeout(lostPatience, PATIENCE_MS);
      };
      if (comesBack) bePatient();
      this.#waiters.push(waiter);
    });
  }

  #create(): ExecutionEnvironment | undefined {
    const { settings, account, store, taskRoot } = this.#options;
    if (this.#stopped || this.#all.size >= settings.environments) return undefined;
    const id = randomUUID();
    const temporaryDirectory = store.temporaryDirectory(settings.name, id);
    const logStream = `${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/[${FUNCTION_VERSION}]${id.replaceAll("-", "")}`;
    const options: EnvironmentOptions = {
      id,
      log: new EnvironmentLog(settings, id, this.#options.onLog),
      plan: {
        ...processPlan(settings, account, { taskRoot, temporaryDirectory, logStream }, store.reaper),
        watchMemory: true,
        memoryLimitBytes: this.#options.enforceMemory ? settings.memoryMb * 1_048_576 : Infinity,
      },
      timeoutMs: settings.timeoutMs,
      freeze: this.#options.freeze,
    };
    const environment =
      settings.maxConcurrency === undefined
        ? new Environment(options)
        : new ManagedEnvironment(options, settings.maxConcurrency);
    this.#all.add(environment);
    return environment;
  }
}
