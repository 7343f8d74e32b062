import type { OutputChunk } from "rolldown";

/** A file of JavaScript that imports others by `./` and their names. */
export type LinkedChunk = Pick<OutputChunk, "fileName" | "code" | "map" | "imports" | "modules" | "moduleIds">;

const HELPERS = "rolldown-runtime.js";
const IMPORT = /^import \{([^}]*)\} from "\.\/rolldown-runtime\.js";/m;
const EXPORT = /export \{([^}]*)\};\s*$/;

/**
 * Moves the bundler's helpers, for which it makes a chunk, into the chunk that each start begins with: a file less to
 * load. They take the place of their import, in one line, so that no other moves. That chunk has nothing but Mayfly's own
 * code, whose names they don't meet.
 * @param chunks the first is the one that a start begins with
 * @throws Error when a chunk doesn't look as the bundler writes it
 */
export function helpersInStart(chunks: readonly LinkedChunk[]): readonly LinkedChunk[] {
  const helpers = chunks.find(({ fileName }) => fileName === HELPERS);
  const [start] = chunks;
  // With many roots the bundler makes the first chunk one that only imports the one with the code.
  const host = start?.moduleIds.length === 0 ? chunks.find(({ fileName }) => fileName === start.imports[0]) : start;
  if (helpers === undefined || host === undefined || host.imports.some((name) => name !== HELPERS)) return chunks;
  const exported = EXPORT.exec(helpers.code);
  if (exported === null || (!IMPORT.test(host.code) && host.imports.length > 0))
    throw new Error("The bundler's helpers have another form than the known one");
  const code = helpers.code.replace(EXPORT, "").replaceAll(/\s*\n\s*/g, " ");
  const own = IMPORT.test(host.code) ? host.code.replace(IMPORT, () => code) : `${code}${host.code}`;
  const to = `from "./${host.fileName}";`;
  return chunks
    .filter((chunk) => chunk !== helpers)
    .map((chunk) => {
      if (chunk === host) return { ...chunk, code: `${own}\nexport {${exported[1] ?? ""}};\n`, imports: [] };
      const imports = new Set(chunk.imports.map((name) => (name === HELPERS ? host.fileName : name)));
      const ownCode = chunk.code.replace(IMPORT, (line) => line.replace(`from "./${HELPERS}";`, to));
      return { ...chunk, code: ownCode, imports: [...imports] };
    });
}
