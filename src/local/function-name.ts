import type { LocalAccount } from "./account.ts";

/** Of the only version there is. */
export const FUNCTION_VERSION = "$LATEST";

/** How callers name a function. Source: AWS Lambda API reference, `Invoke`, "FunctionName". */
export type ParsedFunctionName =
  | { readonly kind: "name"; readonly name: string; readonly qualifier: string | undefined }
  | { readonly kind: "invalid"; readonly problem: string };

const FORMS =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:[a-z]{2}(?:-[a-z]+)+-\d:)?(?:\d{12}:)?(?:function:)?([a-zA-Z0-9_.-]+)(?::(\$LATEST|[a-zA-Z0-9_-]+))?$/;

/** Takes a name, a partial or a full ARN, each with or without a version or alias. */
export function parseFunctionName(text: string, qualifier: string | undefined): ParsedFunctionName {
  const match = FORMS.exec(text);
  const name = match?.[1];
  if (name === undefined) {
    return {
      kind: "invalid",
      problem: `Value '${text}' at 'functionName' failed to satisfy constraint: ${FORMS.source}`,
    };
  }
  const derived = match?.[2];
  if (derived !== undefined && qualifier !== undefined && derived !== qualifier) {
    const problem = "The derived qualifier from the function name does not match the specified qualifier.";
    return { kind: "invalid", problem };
  }
  return { kind: "name", name, qualifier: qualifier ?? derived };
}

/** Without a version or alias. */
export function functionArn({ region, accountId }: LocalAccount, name: string): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}

/** Names that mean the only function, as other emulators' users are used to. */
const ONLY_FUNCTION: readonly string[] = ["function", "_"];

/** The name of the function that is meant, out of those that exist. */
export function functionNamed(name: string, existing: readonly string[]): string | undefined {
  if (existing.includes(name)) return name;
  const [only, another] = existing;
  return another === undefined && ONLY_FUNCTION.includes(name) ? only : undefined;
}
