import { type AnyNode, type CallExpression, parse, type Program } from "acorn";
import { applyEdits } from "./defer/edits.ts";
import { readReferences } from "./defer/references.ts";

/** A call `require.resolve("x")` of the module's own `require`. */
interface ResolveCall {
  readonly start: number;
  readonly end: number;
  readonly specifier: string;
}

/** What a file without such a call mostly hasn't got. */
const MAYBE = /\brequire\b[\s\w)!?.]*\bresolve\b/;
/** Such calls in code with types, and what looks like them: in strings and comments, of another `require`. */
const WRITTEN =
  /(?:\(\s*(?:<[^"'`;()]*>\s*)?require\s*(?:(?:as|satisfies)\b[^"'`;]{0,200}?)?\)|\brequire\s*!?)\s*\??\.\s*resolve\s*(?:\?\.)?\s*\(\s*(["'`])([^"'`\\\n$]+)\1\s*,?\s*\)/g;
const PROBE = "$mayflyProbe";

/**
 * Puts other code in the place of each `require.resolve` with one text, of which the bundler would make the path on the
 * building machine. Lines stay.
 * @param javascript takes types and JSX out of code
 * @param answer code for a specifier; it may stand wherever a call may, a line's beginning included
 */
export function rewriteResolveCalls(
  source: string,
  javascript: (source: string) => string,
  answer: (specifier: string) => string,
): string {
  if (!MAYBE.test(source)) return source;
  const calls = resolveCalls(source);
  if (calls !== undefined) return rewrite(source, calls, answer);
  const code = withoutTypes(source, javascript);
  const all = code === undefined ? undefined : resolveCalls(code);
  if (code === undefined || all === undefined || all.length === 0) return source;
  const written = rewrite(source, writtenCalls(source, all, javascript), answer);
  const left = resolveCalls(withoutTypes(written, javascript) ?? "") ?? [];
  // In a form that isn't known, such as a cast of a cast: rather other lines than this machine's paths.
  return left.length === 0 ? written : rewrite(code, all, answer);
}

function rewrite(source: string, calls: readonly ResolveCall[], answer: (specifier: string) => string): string {
  return applyEdits(
    source,
    calls.map(({ start, end, specifier }) => ({ start, end, text: answer(specifier) })),
  );
}

/** `undefined` for what is no JavaScript. */
function resolveCalls(source: string): readonly ResolveCall[] | undefined {
  const program = parseAny(source);
  if (program === undefined) return undefined;
  const { free } = readReferences(program);
  return (free.get("require") ?? []).flatMap(({ node, ancestors }) => resolveCall(node, ancestors) ?? []);
}

/** `undefined` for what doesn't compile: the bundler says so, with the place. */
function withoutTypes(source: string, javascript: (source: string) => string): string | undefined {
  try {
    return javascript(source);
  } catch {
    return undefined;
  }
}

function parseAny(source: string): Program | undefined {
  for (const sourceType of ["script", "module"] as const) {
    try {
      return parse(source, {
        ecmaVersion: "latest",
        sourceType,
        allowReturnOutsideFunction: true,
        allowHashBang: true,
      });
    } catch {
      // The other kind, or no JavaScript at all.
    }
  }
  return undefined;
}

function resolveCall(require: AnyNode, ancestors: readonly AnyNode[]): ResolveCall | undefined {
  const [call, member] = [ancestors.at(-2), ancestors.at(-1)];
  if (member?.type !== "MemberExpression" || member.object !== require || member.computed) return undefined;
  if (member.property.type !== "Identifier" || member.property.name !== "resolve") return undefined;
  if (call?.type !== "CallExpression" || call.callee !== member) return undefined;
  const specifier = onlyText(call);
  return specifier === undefined ? undefined : { start: call.start, end: call.end, specifier };
}

function onlyText({ arguments: [first, second] }: CallExpression): string | undefined {
  if (first === undefined || second !== undefined) return undefined;
  if (first.type === "TemplateLiteral" && first.expressions.length === 0)
    return first.quasis[0]?.value.cooked ?? undefined;
  return first.type === "Literal" && typeof first.value === "string" ? first.value : undefined;
}

/**
 * Those of the written calls that are there in the code without its types: one that is put out of sight must be missing
 * there, which tells it from a string, a comment and a call of some other `require`.
 */
function writtenCalls(
  source: string,
  all: readonly ResolveCall[],
  javascript: (source: string) => string,
): readonly ResolveCall[] {
  return [...source.matchAll(WRITTEN)].flatMap(({ 0: { length }, 2: specifier = "", index: start }) => {
    const without = withoutTypes(source.slice(0, start) + PROBE + source.slice(start + length), javascript);
    const others = without === undefined ? undefined : resolveCalls(without);
    return others?.length === all.length - 1 ? [{ start, end: start + length, specifier }] : [];
  });
}
