import type { ErrorDocument } from "../../../protocol/error-document.ts";
import type { PackageNames } from "../../../protocol/program-settings.ts";

const MODULE = /Cannot find (?:module|package) '([^']+)'(?: imported from (\S+)|\nRequire stack:\n- (\S+))?/;
const FILE = /ENOENT: no such file or directory, \w+ '([^']+)'/;

/** Says who asked, whether it was installed for the build, and what to write. */
export function explainMissing(
  document: ErrorDocument,
  packages: PackageNames,
  taskRoot: string | undefined,
): ErrorDocument {
  const { errorMessage } = document;
  const inPackage = (path: string | undefined): string | undefined =>
    taskRoot !== undefined && path?.startsWith(`${taskRoot}/`) === true ? path.slice(taskRoot.length + 1) : undefined;
  const [, specifier, importer, requirer] = MODULE.exec(errorMessage) ?? [];
  const file = inPackage(specifier ?? FILE.exec(errorMessage)?.[1]);
  if (file !== undefined) return withHint(document, fileHint(file));
  if (specifier === undefined || /^[./]/.test(specifier)) return document;
  return withHint(document, packageHint(specifier, inPackage(importer ?? requirer), packages));
}

function withHint(document: ErrorDocument, hint: string): ErrorDocument {
  return { ...document, errorMessage: `${document.errorMessage}\n${hint}` };
}

function fileHint(file: string): string {
  return `The package has no ${file}. If the project has it, name it in mayfly.config.ts: include: ["${file}"]`;
}

function packageHint(specifier: string, asker: string | undefined, { external, installed }: PackageNames): string {
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const who = asker === undefined ? "" : ` ${asker} asks for it.`;
  if (external.some((one) => specifier === one || specifier.startsWith(`${one}/`)))
    return `The build left it out, with --external ${name}.${who} Pack it into node_modules beside the bootstrap.`;
  if (installed.includes(name)) {
    return `"${name}" was installed for the build, which didn't see that it is needed: its name is made up at run time.${who} Give the library the module itself, if it takes that, or pack "${name}" into node_modules beside the bootstrap.`;
  }
  const carried = name.startsWith("@aws-sdk/") ? " AWS's Node.js runtimes carry it, provided.al2023 doesn't." : "";
  return `"${name}" was not installed for the build, or not built itself.${carried}${who} Once it is there, build again: npm install ${name}`;
}
