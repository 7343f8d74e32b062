import type { OutputChunk } from "rolldown";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { fillSlots, readHead } from "./chunk-heads.ts";
import { namingOf } from "./function-names.ts";
import { helperName } from "./helper-names.ts";
import { importCycles } from "./import-cycles.ts";

/**
 * Namespaces of chunks that import each other, and names of functions. In Node.js both are there from the beginning; the
 * bundler makes an object, and gives a name, where their module is, which may be evaluated behind a chunk that has them.
 * There that is done by whoever comes first, by a function, which is there from the beginning. No line moves.
 */
export function earlyNamespaces(chunks: readonly OutputChunk[]): readonly OutputChunk[] {
  const names = new Map(chunks.map(({ fileName }) => [fileName, fileName]));
  const heads = new Map(chunks.map(({ fileName, code }) => [fileName, readHead(code, names)]));
  const imports = new Map(
    [...heads].map(([chunk, { statements }]) => [chunk, { imports: statements.flatMap(({ from }) => from ?? []) }]),
  );
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const codes = new Map<string, string>();
  for (const circle of importCycles(imports)) {
    const makers = new Map(circle.map((chunk) => [chunk, makersIn(byName.get(chunk))]));
    const wanted = new Map<string, Map<string, Maker>>();
    const asked = new Map<string, readonly string[]>();
    for (const user of circle) {
      // What is led round a circle is imported by statements of its own, which may name the same.
      const used = new Map<string, Map<string, Maker>>();
      for (const { from = "", names: parts } of heads.get(user)?.statements ?? []) {
        for (const [name = ""] of parts.map((part) => part.split(/\s/))) {
          const maker = makers.get(from)?.get(name);
          if (maker !== undefined) used.set(from, (used.get(from) ?? new Map<string, Maker>()).set(name, maker));
        }
      }
      const calls = [...used].map(([from, all]) => {
        wanted.set(from, new Map([...(wanted.get(from) ?? []), ...all]));
        const functions = [...all.keys()].map(makerOf);
        const called = functions.map((name) => `${name}();`).join(" ");
        return `import { ${functions.join(", ")} } from ${JSON.stringify(`./${from}`)}; ${called}`;
      });
      asked.set(user, calls);
    }
    for (const chunk of circle) {
      const [own, calls] = [wanted.get(chunk) ?? new Map<string, Maker>(), asked.get(chunk) ?? []];
      const makersOfChunk = [...own.values()];
      let code = applyEdits(
        byName.get(chunk)?.code ?? "",
        makersOfChunk.flatMap(({ edits }) => edits),
      );
      const { statements, slots } = heads.get(chunk) ?? { statements: [], slots: [] };
      if (calls.length > 0) code = fillSlots(code, slots, [...statements, ...calls.map((text) => ({ text }))]);
      if (own.size > 0) code += `\n${makersOfChunk.map(({ text }) => text).join("\n")}\n`;
      codes.set(chunk, code);
    }
  }
  return chunks.map((chunk) => {
    const code = codes.get(chunk.fileName) ?? chunk.code;
    return code === chunk.code ? chunk : { ...chunk, code };
  });
}

/** How something is made before its chunk comes to it. */
interface Maker {
  /** An exported function that does it. */
  readonly text: string;
  /** Of the statement that would do it. */
  readonly edits: readonly Edit[];
}

/** By what is made. */
function makersIn(chunk: OutputChunk | undefined): ReadonlyMap<string, Maker> {
  const found = new Map<string, Maker>();
  if (chunk === undefined) return found;
  const { code, modules } = chunk;
  const add = (name: string, body: string, edits: readonly Edit[]): void => {
    found.set(name, { text: `export function ${makerOf(name)}() { ${body} }`, edits });
  };
  // A name is given once more where its module gives it, which may be in a function.
  const named = namingOf(code, helperName("__name", code, modules));
  for (const [name, { statement }] of named) add(name, statement, []);
  const helper = helperName("__exportAll", code, modules)?.replaceAll("$", "\\$");
  if (helper === undefined) return found;
  const made = new RegExp(`\\bvar\\s+([\\w$]+)\\s*=\\s*(?:/\\*[^*]*\\*/\\s*)?(${helper}\\([^]*?\\));`, "g");
  for (const { 0: statement, 1: name = "", 2: value = "", index } of code.matchAll(made)) {
    const shown = (value.match(/(?<=\(\) => )[\w$]+/g) ?? []).flatMap((one) => named.get(one)?.statement ?? []);
    const text = `var ${name}; ${makerOf(name)}();`;
    const edit = { start: index, end: index + statement.length, text };
    add(name, [...shown, `return ${name} ??= ${value};`].join(" "), [edit]);
  }
  return found;
}

function makerOf(name: string): string {
  return `${name}$made`;
}
