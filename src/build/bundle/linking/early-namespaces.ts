import type { OutputChunk } from "rolldown";
import { fillSlots, readHead } from "./chunk-heads.ts";
import { importCycles } from "./import-cycles.ts";

const NAMESPACE = /\bvar\s+([\w$]+)\s*=\s*(?:\/\*[^*]*\*\/\s*)?(__exportAll\([^]*?\));/g;

/**
 * Namespaces of chunks that import each other. In Node.js a namespace is there from the beginning; the bundler makes an object
 * where its module is, which may be evaluated behind a chunk that has it. There the object is made by whoever comes
 * first, by a function, which is there from the beginning. No line moves.
 */
export function earlyNamespaces(chunks: readonly OutputChunk[]): readonly OutputChunk[] {
  const names = new Map(chunks.map(({ fileName }) => [fileName, fileName]));
  const heads = new Map(chunks.map(({ fileName, code }) => [fileName, readHead(code, names)]));
  const imports = new Map(
    [...heads].map(([chunk, { statements }]) => [chunk, { imports: statements.flatMap(({ from }) => from ?? []) }]),
  );
  const codes = new Map(chunks.map(({ fileName, code }) => [fileName, code]));
  for (const circle of importCycles(imports)) {
    const wanted = new Map<string, Set<string>>();
    for (const user of circle) {
      const head = heads.get(user) ?? { statements: [], slots: [] };
      const asked = head.statements.flatMap((statement) => {
        const { from, names: parts } = statement;
        if (from === undefined || !circle.includes(from)) return [];
        const made = namespacesOf(codes.get(from) ?? "");
        const used = parts.map((part) => part.split(/\s/)[0] ?? "").filter((name) => made.has(name));
        if (used.length === 0) return [];
        wanted.set(from, new Set([...(wanted.get(from) ?? []), ...used]));
        const calls = used.map((name) => `${makerOf(name)}();`).join(" ");
        return [`import { ${used.map(makerOf).join(", ")} } from ${JSON.stringify(`./${from}`)}; ${calls}`];
      });
      if (asked.length === 0) continue;
      const texts = [...head.statements.map(({ text }) => text), ...asked].map((text) => ({ text }));
      codes.set(user, fillSlots(codes.get(user) ?? "", head.slots, texts));
    }
    for (const [chunk, all] of wanted) codes.set(chunk, withMakers(codes.get(chunk) ?? "", all));
  }
  return chunks.map((chunk) => {
    const code = codes.get(chunk.fileName) ?? chunk.code;
    return code === chunk.code ? chunk : { ...chunk, code };
  });
}

function namespacesOf(code: string): ReadonlySet<string> {
  return new Set([...code.matchAll(NAMESPACE)].map(([, name = ""]) => name));
}

function makerOf(name: string): string {
  return `${name}$made`;
}

function withMakers(code: string, names: ReadonlySet<string>): string {
  const made = code.replaceAll(NAMESPACE, (statement: string, name: string, value: string) => {
    if (!names.has(name)) return statement;
    const maker = makerOf(name);
    return `var ${name}; function ${maker}() { return ${name} ??= ${value}; } ${maker}();`;
  });
  return `${made}\nexport { ${[...names].map(makerOf).join(", ")} };\n`;
}
