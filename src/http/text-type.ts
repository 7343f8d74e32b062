/** Besides `text/*` and whatever is JSON or XML underneath. */
const TEXT_TYPE =
  /^(?:text\/[\w.+-]+|application\/(?:json|xml|javascript|ecmascript|x-javascript|graphql|x-ndjson|yaml|x-yaml|toml|x-www-form-urlencoded)|[\w.-]+\/[\w.-]+\+(?:json|xml|yaml))\s*(?:;|$)/i;

/** Whether a body of this type is text, which AWS takes as it is; the rest must be base64. */
export function isTextType(contentType: string): boolean {
  return TEXT_TYPE.test(contentType);
}
