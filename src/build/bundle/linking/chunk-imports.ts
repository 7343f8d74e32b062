import type { OutputChunk } from "rolldown";
import { inOrder } from "./chunk-plan.ts";
import type { LinkedModule } from "./module-graph.ts";

type Modules = ReadonlyMap<string, Pick<LinkedModule, "imports">>;

/** A statement in front of a chunk's code, which the bundler writes in one line. */
interface Statement {
  readonly text: string;
  /** What it imports of another chunk, as `a as b`; empty for one of something else. */
  readonly names: readonly string[];
  /** The chunk; `undefined` for anything else. */
  readonly from: string | undefined;
}

/**
 * Has chunks import each other as their modules do, so that they are evaluated in that order. The bundler has a chunk
 * import what it uses from where that is declared, whoever passes it on, and these imports may come before the others. In a
 * circle even one that comes last is too early: there it is led along the imports of the modules.
 * No line moves.
 */
export function importAsModules(chunks: readonly OutputChunk[], modules: Modules): readonly OutputChunk[] {
  const home = new Map(chunks.flatMap(({ fileName, moduleIds }) => moduleIds.map((id) => [id, fileName] as const)));
  const ofModules = chunks.filter(({ moduleIds }) => moduleIds.every((id) => !id.startsWith("\0rolldown/")));
  const order = new Map(ofModules.map((chunk) => [chunk.fileName, neededChunks(chunk, modules, home)]));
  const heads = new Map(chunks.map(({ fileName, code }) => [fileName, readHead(code, order)]));
  const written = new Map([...heads].map(([fileName, { statements }]) => [fileName, [...statements]]));
  leadRound(written, order);
  return chunks.map((chunk) => {
    const { slots } = heads.get(chunk.fileName) ?? { slots: [] };
    const texts = sorted(written.get(chunk.fileName) ?? [], order.get(chunk.fileName) ?? []);
    const code = fillSlots(chunk.code, slots, texts);
    return code === chunk.code ? chunk : { ...chunk, code };
  });
}

/** The chunks that a chunk's modules import, in the order in which these come to them. */
function neededChunks(
  { fileName, moduleIds, facadeModuleId }: OutputChunk,
  modules: Modules,
  home: ReadonlyMap<string, string>,
): readonly string[] {
  const own = moduleIds.length > 0 || facadeModuleId === null ? moduleIds : [facadeModuleId];
  const needed = new Set<string>();
  const seen = new Set<string>();
  // Through modules that nothing is left of.
  const visit = (id: string): void => {
    const chunk = home.get(id);
    if (chunk !== undefined && chunk !== fileName) needed.add(chunk);
    if ((chunk !== undefined && chunk !== fileName) || seen.has(id)) return;
    seen.add(id);
    for (const imported of modules.get(id)?.imports ?? []) visit(imported);
  };
  for (const id of own) visit(id);
  if (needed.size < 2) return [...needed];
  // In the order in which they are come to: what one of them imports it brings in itself.
  const reached = new Set<string>();
  for (const id of tops(own, modules)) inOrder(id, modules, reached);
  const chunks = new Set([...reached].flatMap((id) => home.get(id) ?? []));
  return [...chunks].filter((chunk) => needed.has(chunk));
}

/** Those of a chunk's modules that none behind them imports by whatever way: where its evaluation begins. */
function tops(own: readonly string[], modules: Modules): readonly string[] {
  const reached = new Set<string>();
  const found: string[] = [];
  for (const id of own.toReversed()) {
    if (reached.has(id)) continue;
    found.unshift(id);
    inOrder(id, modules, reached);
  }
  return found;
}

const STATEMENT = /\s*(import\b\s*(?:(?:\{([^}]*)\}|[^;"']*?)\s*from\s*)?["']([^"']*)["'];)/y;

function readHead(
  code: string,
  chunks: ReadonlyMap<string, unknown>,
): {
  readonly statements: readonly Statement[];
  readonly slots: readonly { readonly start: number; readonly end: number }[];
} {
  const statements: Statement[] = [];
  const slots: { start: number; end: number }[] = [];
  STATEMENT.lastIndex = /^#!.*\n/.exec(code)?.[0].length ?? 0;
  for (let match = STATEMENT.exec(code); match !== null; match = STATEMENT.exec(code)) {
    const [, text = "", names = "", specifier = ""] = match;
    const file = specifier.replace(/^\.\//, "");
    const list = names.split(",").map((name) => name.trim());
    statements.push({ text, names: list.filter((name) => name !== ""), from: chunks.has(file) ? file : undefined });
    slots.push({ start: STATEMENT.lastIndex - text.length, end: STATEMENT.lastIndex });
  }
  return { statements, slots };
}

/** What is no chunk of modules first, such as the bundler's helpers; what nobody imports by its module last. */
function sorted(statements: readonly Statement[], order: readonly string[]): readonly Statement[] {
  const rank = ({ from }: Statement): number => {
    if (from === undefined) return -1;
    const at = order.indexOf(from);
    return at < 0 ? order.length : at;
  };
  return statements.toSorted((a, b) => rank(a) - rank(b));
}

function fillSlots(
  code: string,
  slots: readonly { readonly start: number; readonly end: number }[],
  statements: readonly Statement[],
): string {
  const texts = statements.map(({ text }) => text);
  if (slots.length === 0) return texts.join(" ") + code;
  let filled = "";
  let at = 0;
  for (const [index, { start, end }] of slots.entries()) {
    const own = index === slots.length - 1 ? texts.slice(index).join(" ") : texts[index];
    filled += code.slice(at, start) + (own ?? "");
    at = end;
  }
  return filled + code.slice(at);
}

/** In circles: what a chunk uses of one that it doesn't import by its modules comes through those that it imports. */
function leadRound(written: ReadonlyMap<string, Statement[]>, order: ReadonlyMap<string, readonly string[]>): void {
  let count = 0;
  for (const [chunk, statements] of written) {
    for (const [index, statement] of statements.entries()) {
      const { from, names } = statement;
      if (from === undefined || names.length === 0 || order.get(chunk)?.includes(from) !== false) continue;
      const way = wayBetween(chunk, from, order);
      const [first] = way;
      if (first === undefined || wayBetween(from, chunk, order).length === 0) continue;
      const led = names.map((name) => {
        const [exported = "", local = exported] = name.split(/\s+as\s+/);
        const passed = `$through${count++}`;
        for (const [step, passing] of way.slice(0, -1).entries()) {
          const next = way[step + 1] ?? from;
          const given = next === from ? `${exported} as ${passed}` : passed;
          const text = `export { ${given} } from ${JSON.stringify(`./${next}`)};`;
          written.get(passing)?.push({ text, names: [], from: next });
        }
        return `${passed} as ${local}`;
      });
      const text = `import { ${led.join(", ")} } from ${JSON.stringify(`./${first}`)};`;
      statements[index] = { text, names: led, from: first };
    }
  }
}

/** The chunks on a shortest way from one to another, that one at the end; none if there is no way. */
function wayBetween(from: string, to: string, order: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const before = new Map<string, string>();
  const reached = new Set([from]);
  for (const chunk of reached) {
    for (const next of order.get(chunk) ?? []) {
      if (!reached.has(next) || (next === to && !before.has(to))) before.set(next, chunk);
      reached.add(next);
      if (next !== to) continue;
      const way = [to];
      for (let at = before.get(to); at !== undefined && at !== from; at = before.get(at)) way.unshift(at);
      return way;
    }
  }
  return [];
}
