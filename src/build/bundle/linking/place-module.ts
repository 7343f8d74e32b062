import { applyEdits, type Edit } from "../defer/edits.ts";
import {
  declaredName,
  nodeIn,
  nodesIn,
  onlyText,
  parseFile,
  type Placed,
  type SyntaxNode,
  usedName,
  walk,
  writtenText,
} from "../../syntax.ts";

/** What isn't told by a module's text. */
export interface PlaceQuestions {
  /** Whether what an `import()` names is in the program, or the engine's. */
  readonly isInside: (specifier: string) => Promise<boolean>;
  /** Where from the task root a file of the program lies that an import of `specifier` means. */
  readonly placeOf: (specifier: string) => Promise<string | undefined>;
}

/** What written calls go to: the specifiers of modules of runtime/places. */
interface PlaceHelpers {
  readonly META: string;
  readonly IMPORT: string;
}

/** The folder with the function's code, where Lambda says it is. */
const TASK_ROOT = "globalThis.process.env.LAMBDA_TASK_ROOT";

/** Of `import.meta`, what the engine tells as well as it can. */
const ENGINES: ReadonlySet<unknown> = new Set(["env", "main", "require", "hot"]);

/**
 * @param place of the module from the task root, with `/`
 * @returns `undefined` if the module doesn't ask where it is
 */
export async function placeModule(
  code: string,
  path: string,
  place: string,
  known: PlaceQuestions & PlaceHelpers,
): Promise<string | undefined> {
  const program = parseFile(path, code);
  if (program === undefined) return undefined;
  const nodes = [...walk(program)];
  // Declared in whatever scope: a name is then left alone everywhere.
  const own = new Set(nodes.flatMap((one) => declaredName(one) ?? []));
  const fields = fieldsOf(place);
  const isModule = nodesIn(program, "body").some(({ type }) => /^(?:Import|Export)/.test(type));
  const helpers = new HelperCalls(
    JSON.stringify(place),
    isModule || nodes.some(({ node }) => node.type === "MetaProperty"),
  );
  const edits: Edit[] = [];
  for (const { node, ancestors } of nodes) {
    const parent = ancestors.at(-1);
    const name = usedName({ node, ancestors });
    if (name !== undefined && (name === "__dirname" || name === "__filename") && !own.has(name)) {
      const text = name === "__dirname" ? fields.dirname : fields.filename;
      edits.push({ ...rangeOf(node), text: parent?.["shorthand"] === true ? `${name}: ${text}` : text });
    } else if (node.type === "ImportExpression") {
      if (await isLookedUp(node, known)) edits.push(...helpers.importAt(node, code, known.IMPORT));
    } else if (isMeta(node)) {
      const edit = await metaEdit({ node, ancestors }, fields, known);
      if (edit === "engine's") continue;
      edits.push(edit ?? { ...rangeOf(node), text: helpers.meta(known.META) });
    }
  }
  if (edits.length === 0) return undefined;
  const [first] = nodesIn(program, "body");
  return applyEdits(code, [{ start: first?.start ?? 0, end: first?.start ?? 0, text: helpers.imports() }, ...edits]);
}

type Fields = Readonly<Record<"dirname" | "filename" | "dir" | "path" | "url", string>>;

function fieldsOf(place: string): Fields {
  const folder = place.includes("/") ? place.slice(0, place.lastIndexOf("/")) : "";
  const filename = `(${TASK_ROOT} + ${JSON.stringify(`/${place}`)})`;
  const dirname = folder === "" ? TASK_ROOT : `(${TASK_ROOT} + ${JSON.stringify(`/${folder}`)})`;
  return { dirname, filename, dir: dirname, path: filename, url: urlOf(place) };
}

function urlOf(place: string): string {
  // As Node.js writes it: what a URL's path may hold stays, such as the `@` of a scope.
  const path = encodeURI(place).replaceAll(/[?#~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  return `("file://" + encodeURI(${TASK_ROOT}) + ${JSON.stringify(`/${path}`)})`;
}

function isMeta(node: SyntaxNode): boolean {
  return node.type === "MetaProperty" && nodeIn(node, "meta")?.["name"] === "import";
}

/** For what the build knows; `undefined` for what `import.meta` itself is needed for. */
async function metaEdit(
  { node, ancestors }: Placed,
  fields: Fields,
  known: PlaceQuestions,
): Promise<Edit | "engine's" | undefined> {
  const parent = ancestors.at(-1);
  if (parent?.type !== "MemberExpression" || parent["object"] !== node || parent["computed"] === true) return undefined;
  const name = nodeIn(parent, "property")?.["name"];
  if (ENGINES.has(name)) return "engine's";
  const field = Object.entries(fields).find(([one]) => one === name);
  if (field !== undefined) return { ...rangeOf(parent), text: field[1] };
  const call = ancestors.at(-2);
  if (name !== "resolve" || call?.type !== "CallExpression" || call["callee"] !== parent) return undefined;
  const specifier = onlyText(call);
  // A path is a URL, whether there is a file or not.
  if (specifier === undefined || /^\.{0,2}\/|^\.{1,2}$|:/.test(specifier)) return undefined;
  const place = await known.placeOf(specifier);
  return place === undefined ? undefined : { ...rangeOf(call), text: urlOf(place) };
}

/** Whether what is imported is looked for when it runs. */
async function isLookedUp(node: SyntaxNode, known: PlaceQuestions): Promise<boolean> {
  const source = nodeIn(node, "source");
  const text = source === undefined ? undefined : writtenText(source);
  return text === undefined || !(await known.isInside(text));
}

function rangeOf({ start, end }: SyntaxNode): { readonly start: number; readonly end: number } {
  return { start, end };
}

/** How a module calls what tells it at run time. An `import` would make CommonJS an ES module. */
class HelperCalls {
  readonly #place: string;
  readonly #isModule: boolean;
  readonly #imported = new Map<string, string>();

  constructor(place: string, isModule: boolean) {
    this.#place = place;
    this.#isModule = isModule;
  }

  meta(module: string): string {
    return `${this.#call(module, "metaOf")}(${this.#place})`;
  }

  /** The specifier is no more than text to the bundler where the program has no such module: it stays as it is written. */
  importAt(node: SyntaxNode, code: string, module: string): readonly Edit[] {
    const source = nodeIn(node, "source");
    if (source === undefined) return [];
    const again = writtenText(source) !== undefined ? code.slice(source.start, source.end) : "$mayfly";
    const call = `${this.#call(module, "importAt")}(${this.#place}, `;
    return [
      { start: node.start, end: source.start, text: call },
      { start: source.end, end: source.end, text: `, ($mayfly) => import(${again}` },
      { start: node.end, end: node.end, text: ")" },
    ];
  }

  imports(): string {
    return [...this.#imported]
      .map(([name, module]) => `import { ${name} as $mayfly_${name} } from "${module}"; `)
      .join("");
  }

  #call(module: string, name: string): string {
    if (!this.#isModule) return `require("${module}").${name}`;
    this.#imported.set(name, module);
    return `$mayfly_${name}`;
  }
}
