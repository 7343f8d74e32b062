import { resolveTsconfig } from "rolldown/experimental";
import { readField } from "../../../support/read-field.ts";

/**
 * Whether tsc leaves `import()` as it is in what it makes CommonJS of, so that Node.js's own namespace comes of it. With
 * `module` for Node.js it does; otherwise it writes a `require`, as bundlers do, whose `default` is that of the module.
 */
export function leavesLoads(file: string): boolean {
  const options: unknown = resolveTsconfig(file)?.tsconfig.compilerOptions;
  return /^node(?:\d+|next)$/i.test(String(readField(options, "module")));
}
