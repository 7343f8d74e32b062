import { importable } from "./resolve-at.ts";
import { taskRoot } from "./task-root.ts";

/**
 * `import()` of what is known only when it runs: it is looked for from where the module is, which the engine has at a
 * place of its own.
 * @param place of the module from the task root, with `/`
 */
export async function importAt(
  place: string,
  specifier: string | URL,
  load: (specifier: string) => Promise<unknown>,
): Promise<unknown> {
  return load(importable(String(specifier), `${taskRoot()}/${place}`));
}
