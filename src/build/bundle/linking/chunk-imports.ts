import type { OutputChunk } from "rolldown";
import { ChunkOrder, type Heads, neededChunks } from "./chunk-order.ts";
import type { PlannedModule } from "./planned-module.ts";
import { fillSlots, readHead, type Statement } from "./chunk-heads.ts";
import { leadRound } from "./lead-round.ts";
import { inOrder, rootSequences } from "./root-sequences.ts";

/**
 * Has chunks import each other as their modules do, so that they are evaluated in that order. The bundler has a chunk
 * import what it uses from where that is declared, whoever passes it on, and these imports may come before the others. In a
 * circle even one that comes last is too early: there it is led along the imports of the modules. Where a root's modules still
 * aren't evaluated in their order, it imports all that it needs itself, in that order.
 * No line moves.
 * @param start the module that a start begins with
 */
export function importAsModules(
  chunks: readonly OutputChunk[],
  start: string,
  modules: ReadonlyMap<string, PlannedModule>,
): readonly OutputChunk[] {
  const home = new Map(chunks.flatMap(({ fileName, moduleIds }) => moduleIds.map((id) => [id, fileName] as const)));
  const ofModules = chunks.filter(({ moduleIds }) => moduleIds.every((id) => !id.startsWith("\0rolldown/")));
  const order = new Map(
    ofModules.map((chunk) => [chunk.fileName, neededChunks(chunk.fileName, evaluatedBy(chunk), modules, home)]),
  );
  const heads = new Map(chunks.map(({ fileName, code }) => [fileName, readHead(code, order)]));
  const written = new Map([...heads].map(([fileName, { statements }]) => [fileName, [...statements]]));
  leadRound(written, order);
  const seen = new ChunkOrder(modules);
  for (const [root, sequence] of rootSequences(start, modules)) {
    const first = home.get(root) ?? chunks.find(({ facadeModuleId }) => facadeModuleId === root)?.fileName;
    const natural = order.get(first ?? "");
    if (first === undefined || natural === undefined) continue;
    const now = headsOf(written, order);
    if (seen.isRight(first, sequence, home, now)) continue;
    const reached = new Set(inOrder(first, now));
    const whole = seen.wholeOrder(root, first, sequence, home).filter((chunk) => reached.has(chunk));
    order.set(first, [...new Set([...whole, ...natural])]);
    addMissing(first, whole, written);
  }
  return chunks.map((chunk) => {
    const { slots } = heads.get(chunk.fileName) ?? { slots: [] };
    const texts = sorted(written.get(chunk.fileName) ?? [], order.get(chunk.fileName) ?? []);
    const code = fillSlots(chunk.code, slots, texts);
    return code === chunk.code ? chunk : { ...chunk, code };
  });
}

function evaluatedBy({ moduleIds, facadeModuleId }: OutputChunk): readonly string[] {
  return moduleIds.length > 0 || facadeModuleId === null ? moduleIds : [facadeModuleId];
}

function addMissing(chunk: string, wanted: readonly string[], written: ReadonlyMap<string, Statement[]>): void {
  const statements = written.get(chunk) ?? [];
  for (const from of wanted) {
    if (statements.some((one) => one.from === from)) continue;
    statements.push({ text: `import ${JSON.stringify(`./${from}`)};`, names: [], from });
  }
}

function headsOf(written: ReadonlyMap<string, Statement[]>, order: ReadonlyMap<string, readonly string[]>): Heads {
  return new Map(
    [...written].map(([chunk, statements]) => [
      chunk,
      { imports: sorted(statements, order.get(chunk) ?? []).flatMap(({ from }) => from ?? []) },
    ]),
  );
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
