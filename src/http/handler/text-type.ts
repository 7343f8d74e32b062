/** Besides `text/*` and whatever is JSON or XML underneath. */
const TEXT_TYPE =
  /^(?:text\/[\w.+-]+|application\/(?:json|xml|javascript|ecmascript|x-javascript|graphql|x-ndjson|yaml|x-yaml|toml|x-www-form-urlencoded)|[\w.-]+\/[\w.-]+\+(?:json|xml|yaml))\s*(?:;|$)/i;

/** Whether a body of this type is text, which AWS takes as it is; the rest must be base64. */
export function isTextType(contentType: string): boolean {
  return TEXT_TYPE.test(contentType);
}

/**
 * The type of a body whose response names none. The engine, unlike browsers, gives a `Response` made of a string no
 * type; without one AWS would call it JSON. `start` is the body or its first piece.
 */
export function guessType(start: Uint8Array): string {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(start, { stream: true });
    return "text/plain; charset=utf-8";
  } catch {
    return "application/octet-stream";
  }
}
