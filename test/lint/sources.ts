import { readdirSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import {
  isCallExpression,
  isExportDeclaration,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isNamedExports,
  isStringLiteral,
  type Node,
  SyntaxKind,
} from "typescript/unstable/ast";
import { API } from "typescript/unstable/sync";

const repository = join(import.meta.dirname, "../..");

export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** The module of this project that it means, from the root; `undefined` for the engine's and packages'. */
  readonly module: string | undefined;
  /** `type` imports load nothing, `import()` loads when it is called. */
  readonly kind: "static" | "type" | "dynamic";
}

export interface SourceModule {
  /** From the root: `src/runtime/loop.ts`. */
  readonly path: string;
  /** From `src`: `runtime/hosts`, and `.` for `src` itself. */
  readonly folder: string;
  readonly imports: readonly Import[];
  /** Whether it has an `export *`. */
  readonly exportsAll: boolean;
  /** Whether there is nothing in it but `export … from`. */
  readonly onlyExports: boolean;
}

export interface Sources extends Disposable {
  readonly modules: readonly SourceModule[];
  /** The names that a file exports, re-exported ones among them; sorted. */
  readonly exportsOf: (path: string) => readonly string[];
  /** Those of them that it declares itself. */
  readonly declaredIn: (path: string) => readonly string[];
}

let own: Sources | undefined;

/** Those of this repository: read once for all suites in a process, at whose end they go. */
export function ownSources(): Sources {
  own ??= readSources(repository);
  return own;
}

/**
 * The modules of `src` without their tests, as TypeScript itself parses them: the type checker knows every way to
 * import, a regular expression doesn't. Its API is unstable by name, and package-lock.json pins it.
 */
export function readSources(root: string): Sources {
  const api = new API({ cwd: root });
  const project = api.updateSnapshot({ openProjects: [join(root, "tsconfig.json")] }).getProjects()[0];
  if (project === undefined) throw new Error("TypeScript found no project");
  const { program, checker } = project;
  const fileNamed = (path: string) => {
    const file = program.getSourceFile(join(root, path));
    if (file === undefined) throw new Error(`${path} is in no TypeScript project`);
    return file;
  };
  const exportsOf = (path: string): readonly string[] => {
    const symbol = checker.getSymbolAtLocation(fileNamed(path));
    const names = symbol === undefined ? [] : checker.getExportsOfModule(symbol).map(({ name }) => name);
    return names.toSorted();
  };
  return {
    modules: sourceFiles(root).map((path) => {
      const { statements } = fileNamed(path);
      const imports: Import[] = [];
      const exportsFrom = statements.filter(isExportDeclaration).filter((one) => one.moduleSpecifier !== undefined);
      fileNamed(path).forEachChild(function visit(node): void {
        const found = importOf(node);
        if (found !== undefined) imports.push({ ...found, module: moduleMeant(path, found.specifier) });
        node.forEachChild(visit);
      });
      return {
        path,
        folder: posix.relative("src", posix.dirname(path)) || ".",
        imports,
        exportsAll: exportsFrom.some(({ exportClause }) => exportClause === undefined),
        onlyExports: exportsFrom.length === statements.length,
      };
    }),
    exportsOf,
    declaredIn(path) {
      const passedOn = new Set(
        fileNamed(path)
          .statements.filter(isExportDeclaration)
          .flatMap(({ exportClause }) =>
            exportClause !== undefined && isNamedExports(exportClause)
              ? exportClause.elements.map(({ name }) => name.text)
              : [],
          ),
      );
      return exportsOf(path).filter((name) => !passedOn.has(name));
    },
    [Symbol.dispose]: () => api.close(),
  };
}

function sourceFiles(root: string): readonly string[] {
  return readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .toSorted();
}

function importOf(node: Node): Omit<Import, "module"> | undefined {
  if (isImportDeclaration(node) && isStringLiteral(node.moduleSpecifier)) {
    const isType = node.importClause?.phaseModifier === SyntaxKind.TypeKeyword;
    return { specifier: node.moduleSpecifier.text, kind: isType ? "type" : "static" };
  }
  if (isExportDeclaration(node) && node.moduleSpecifier !== undefined && isStringLiteral(node.moduleSpecifier)) {
    const { exportClause } = node;
    const namesTypes =
      exportClause !== undefined &&
      isNamedExports(exportClause) &&
      // Without names the module is loaded for what it does.
      exportClause.elements.length > 0 &&
      exportClause.elements.every(({ isTypeOnly }) => isTypeOnly);
    return { specifier: node.moduleSpecifier.text, kind: node.isTypeOnly || namesTypes ? "type" : "static" };
  }
  if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) {
    const [specifier] = node.arguments;
    return specifier !== undefined && isStringLiteral(specifier)
      ? { specifier: specifier.text, kind: "dynamic" }
      : undefined;
  }
  if (isImportTypeNode(node) && isLiteralTypeNode(node.argument) && isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, kind: "type" };
  }
  return undefined;
}

function moduleMeant(importer: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? posix.join(dirname(importer), specifier) : undefined;
}
