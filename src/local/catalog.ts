import type { Environments } from "./environments/environment-pool.ts";
import { chooseFunction, parseFunctionName } from "./function-name.ts";
import type { FunctionSettings } from "./function-settings.ts";

export interface RunnableFunction {
  readonly settings: FunctionSettings;
  readonly environments: Environments;
}

export type FunctionLookup =
  | { readonly kind: "found"; readonly target: RunnableFunction; readonly arn: string }
  | { readonly kind: "unknown"; readonly arn: string; readonly existing: readonly string[] }
  | { readonly kind: "invalid"; readonly problem: string };

/** The functions of a local Lambda, found by any of the names callers use. */
export class Catalog {
  readonly #functions: ReadonlyMap<string, RunnableFunction>;
  readonly #arnPrefix: string;

  constructor(functions: ReadonlyMap<string, RunnableFunction>, region: string, accountId: string) {
    this.#functions = functions;
    this.#arnPrefix = `arn:aws:lambda:${region}:${accountId}:function:`;
  }

  /** `arn` is the function as the caller addressed it: with a version or alias only if they named one. */
  find(text: string, qualifier: string | undefined): FunctionLookup {
    const parsed = parseFunctionName(text, qualifier);
    if (parsed.kind === "invalid") return parsed;
    const existing = [...this.#functions.keys()];
    const name = chooseFunction(parsed.name, existing);
    const target = name === undefined ? undefined : this.#functions.get(name);
    if (name === undefined || target === undefined) {
      return { kind: "unknown", arn: `${this.#arnPrefix}${parsed.name}:${parsed.qualifier ?? "$LATEST"}`, existing };
    }
    const suffix = parsed.qualifier === undefined ? "" : `:${parsed.qualifier}`;
    return { kind: "found", target, arn: `${this.#arnPrefix}${name}${suffix}` };
  }
}
