import type { CheckedConfig } from "./config-schema.ts";
import { readField } from "../support/read-field.ts";
import type { SourceProblem } from "./source-fault.ts";

/** What the process of a config says of it, as one line of JSON. */
export type ConfigAnswer =
  | { readonly kind: "config"; readonly config: CheckedConfig }
  /** It can't be compiled. */
  | { readonly kind: "source"; readonly problems: readonly SourceProblem[] }
  | { readonly kind: "fault"; readonly message: string; readonly hint: string };

/** By its kind: that the rest fits is for the process that made it. */
export function isConfigAnswer(value: unknown): value is ConfigAnswer {
  const kind = readField(value, "kind");
  return kind === "config" || kind === "source" || kind === "fault";
}
