import type { LocalAccount } from "./account.ts";
import type { EnvironmentPool } from "./environments/environment-pool.ts";
import { FUNCTION_VERSION, functionArn, functionNamed, parseFunctionName } from "./function-name.ts";
import type { FunctionSettings } from "./function-settings.ts";

export interface RunnableFunction {
  readonly settings: FunctionSettings;
  readonly environments: EnvironmentPool;
}

export type FunctionLookup =
  | { readonly kind: "found"; readonly target: RunnableFunction; readonly arn: string }
  | { readonly kind: "unknown"; readonly arn: string; readonly existing: readonly string[] }
  | { readonly kind: "invalid"; readonly problem: string };

/** The functions of a local Lambda, found by any of the names callers use. */
export class Catalog {
  readonly #functions: ReadonlyMap<string, RunnableFunction>;
  readonly #arn: (name: string) => string;

  constructor(functions: ReadonlyMap<string, RunnableFunction>, account: LocalAccount) {
    this.#functions = functions;
    this.#arn = (name) => functionArn(account, name);
  }

  /** `arn` is the function as the caller addressed it: with a version or alias only if they named one. */
  find(text: string, qualifier: string | undefined): FunctionLookup {
    const parsed = parseFunctionName(text, qualifier);
    if (parsed.kind === "invalid") return parsed;
    const existing = [...this.#functions.keys()];
    const name = functionNamed(parsed.name, existing);
    const target = name === undefined ? undefined : this.#functions.get(name);
    if (name === undefined || target === undefined) {
      return { kind: "unknown", arn: `${this.#arn(parsed.name)}:${parsed.qualifier ?? FUNCTION_VERSION}`, existing };
    }
    const suffix = parsed.qualifier === undefined ? "" : `:${parsed.qualifier}`;
    return { kind: "found", target, arn: `${this.#arn(name)}${suffix}` };
  }
}
