import type { Plugin } from "rolldown";
import { readFileSync } from "node:fs";
import { isDeclaredOptional } from "../absent-optionals.ts";
import { isLookUp } from "./look-up.ts";
import { isEngineModule } from "../engine-modules.ts";
import { parseFile, type Placed, nodeIn, nodesIn, walk } from "../../syntax.ts";

/** An import that leads nowhere. */
export interface MissingImport {
  readonly specifier: string;
  readonly importer: string;
  /** From 1. */
  readonly line: number;
  /** From 1, of the specifier. */
  readonly column: number;
  /** How long the specifier is with its quotes. */
  readonly length: number;
  readonly lineText: string;
}

/**
 * Leaves out what can't be found and says what it was. What a package declares as optional, or tries, may be missing: it
 * then fails at run time as it does in Node.js, where whoever asks for it expects that.
 */
export function missingImports(): { readonly plugin: Plugin; readonly missing: readonly MissingImport[] } {
  const missing: MissingImport[] = [];
  return {
    missing,
    plugin: {
      name: "mayfly-missing",
      resolveId: {
        order: "pre",
        filter: { id: /^[^\0]/ },
        async handler(specifier, importer, { kind, custom }) {
          if (isLookUp(custom)) return undefined;
          if (importer === undefined || isEngineModule(specifier)) return undefined;
          const found = await this.resolve(specifier, importer, { kind, skipSelf: true });
          if (found !== null) return found;
          const file = importer.replace(/\?.*$/, "");
          if (isDeclaredOptional({ specifier, importer: file }) || isTried(file, specifier))
            return { id: specifier, external: true };
          missing.push({ specifier, importer: file, ...placeIn(file, specifier) });
          return { id: specifier, external: true };
        },
      },
    },
  };
}

/** Whether all that ask for it do so where a failure is caught. */
function isTried(file: string, specifier: string): boolean {
  const program = parseFile(file, textOf(file));
  if (program === undefined) return false;
  const asked = [...walk(program)].filter(({ node }) => asksFor(node, specifier));
  return asked.length > 0 && asked.every(isCaught);
}

function asksFor(node: Placed["node"], specifier: string): boolean {
  if (node.type === "Literal" || node.type === "TemplateElement") return false;
  if (node.type === "ImportExpression" || /^(?:Import|Export\w+)Declaration$/.test(node.type))
    return nodeIn(node, "source")?.["value"] === specifier;
  if (node.type !== "CallExpression" || nodeIn(node, "callee")?.["name"] !== "require") return false;
  return nodesIn(node, "arguments")[0]?.["value"] === specifier;
}

function isCaught({ node, ancestors }: Placed): boolean {
  const inside = [...ancestors, node];
  return inside.some((one, index) => {
    const next = inside[index + 1];
    if (one.type === "TryStatement") return one["block"] === next && nodeIn(one, "handler") !== undefined;
    const method = one.type === "MemberExpression" ? nodeIn(one, "property")?.["name"] : undefined;
    return method === "catch" && node.type === "ImportExpression" && one["object"] === next;
  });
}

function placeIn(file: string, specifier: string): Pick<MissingImport, "line" | "column" | "length" | "lineText"> {
  const lines = textOf(file).split(/\r?\n/);
  for (const quote of [`"`, `'`, "`"]) {
    const line = lines.findIndex((text) => text.includes(quote + specifier + quote));
    const lineText = lines[line];
    if (lineText === undefined) continue;
    return {
      line: line + 1,
      column: lineText.indexOf(quote + specifier + quote) + 1,
      length: specifier.length + 2,
      lineText,
    };
  }
  return { line: 1, column: 1, length: 1, lineText: lines[0] ?? "" };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // A module that is no file: it has no place to show.
    return "";
  }
}
