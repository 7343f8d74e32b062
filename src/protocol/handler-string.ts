/** How the handler string of an Elixir function begins: the module's name in full. */
export const ELIXIR_PREFIX = "Elixir.";

/** What may stand before a path: both are the package's folder. */
const FOLDERS: readonly string[] = ["/var/task/", "./"];

/** No longer name fits into Lambda's 128 characters, and each part can be where the module's name ends. */
const MAX_PARTS = 64;

/** One way to read a handler string. */
export interface HandlerReading {
  /** A module's path, or the end of one. */
  readonly module: string;
  /** `["api", "users", "list"]`; at least one name. */
  readonly exportPath: readonly string[];
}

export interface HandlerMeaning extends HandlerReading {
  /** The names of the modules that it can be; more than one is for somebody else to refuse. */
  readonly modules: readonly [string, ...string[]];
}

// All of this runs at a cold start: loops, for the reasons in docs/decisions/0016-lean-start.md.

/** A handler string without the package's folder before it. */
export function withoutFolder(setting: string): string {
  for (const folder of FOLDERS) if (setting.startsWith(folder)) return setting.slice(folder.length);
  return setting;
}

/**
 * Every way to read `a/b.c.d`, longest module name first: `hello.worker.ts` is a module too. (AWS's runtime ends the
 * name at the first dot and can't reach such a file.) None for what is not of the form `file.export`.
 */
export function splitSetting(setting: string): readonly HandlerReading[] {
  if (setting.includes("..") || setting.startsWith(ELIXIR_PREFIX)) return [];
  const path = withoutFolder(setting);
  const name = path.lastIndexOf("/") + 1;
  if (path.startsWith(".", name) || path.endsWith(".")) return [];
  const readings: HandlerReading[] = [];
  let exportPath: readonly string[] = [];
  let end = path.length;
  for (let dot = path.lastIndexOf("."); dot > name; dot = path.lastIndexOf(".", dot - 1)) {
    exportPath = [path.slice(dot + 1, end), ...exportPath];
    readings.push({ module: path.slice(0, dot), exportPath });
    if (readings.length > MAX_PARTS) return [];
    end = dot;
  }
  return readings;
}

/**
 * The modules that a path can be, of those that there are: the very one, else any that end with it. Of a file and the
 * index of a folder with the same name it is the file, as for an import.
 */
function matchingModules(module: string, names: readonly string[]): readonly string[] {
  const ways = [module, `${module}/index`];
  for (const whole of ways) for (const name of names) if (name === whole) return [name];
  for (const end of ways) {
    const found: string[] = [];
    for (const name of names) if (name.endsWith(`/${end}`)) found.push(name);
    if (found.length > 0) return found;
  }
  return [];
}

/** What a handler string means among the modules that there are; `undefined` if it is none of them. */
export function handlerMeaning(
  readings: readonly HandlerReading[],
  names: readonly string[],
): HandlerMeaning | undefined {
  for (const reading of readings) {
    const [first, ...others] = matchingModules(reading.module, names);
    if (first !== undefined) return { ...reading, modules: [first, ...others] };
  }
  return undefined;
}
