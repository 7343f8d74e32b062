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
 * same environment; here a new one is started only when the old one isn't back within this time.
 */
const PATIENCE_MS = 250;

/** An invocation whose turn has not come. */
interface Waiter {
  readonly invocation: Invocation;
  readonly timer: NodeJS.Timeout | undefined;
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
    const environment = this.#available() ?? (this.#someoneFinishes() ? undefined : this.#create());
    if (environment !== undefined) {
      this.#run(environment, invocation);
      return Promise.resolve(true);
    }
    if (this.#someoneFinishes()) return this.#wait(invocation, inTurn, PATIENCE_MS);
    return inTurn ? this.#wait(invocation, inTurn, undefined) : Promise.resolve(false);
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

  #someoneFinishes(): boolean {
    return [...this.#all].filter((one) => one.finishing).length > this.#waiters.length;
  }

  #wait(invocation: Invocation, inTurn: boolean, limitMs: number | undefined): Promise<boolean> {
    return new Promise((admitted) => {
      const lostPatience = (): void => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        const environment = this.#create();
        if (environment !== undefined) this.#run(environment, invocation);
        if (environment !== undefined || !inTurn) admitted(environment !== undefined);
        else this.#waiters.push({ invocation, timer: undefined, admitted });
      };
      const timer = limitMs === undefined ? undefined : setTimeout(lostPatience, limitMs);
      const waiter: Waiter = { invocation, timer, admitted };
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
