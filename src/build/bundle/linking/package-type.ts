import { dirname, join, sep } from "node:path";
import { isFile } from "../../../support/files.ts";
import { readField } from "../../../support/read-field.ts";
import { readJson } from "../../../support/read-json.ts";

/** Tells what kind of modules the files in a folder are, by the package.json that lies nearest, as Node.js does. */
export class PackageTypes {
  readonly #manifests = new Map<string, string | undefined>();
  readonly #types = new Map<string, unknown>();

  /** The `"type"` for a folder; `undefined` where nobody says one. */
  typeOf(folder: string): unknown {
    const manifest = this.manifestOf(folder);
    return manifest === undefined ? undefined : this.typeIn(manifest);
  }

  /** The path of the package.json that counts in a folder. Above installed packages there is none of theirs. */
  manifestOf(folder: string): string | undefined {
    if (this.#manifests.has(folder)) return this.#manifests.get(folder);
    const [path, up] = [join(folder, "package.json"), dirname(folder)];
    const isEnd = up === folder || folder.endsWith(`${sep}node_modules`);
    const found = isFile(path) ? path : isEnd ? undefined : this.manifestOf(up);
    this.#manifests.set(folder, found);
    return found;
  }

  typeIn(manifest: string): unknown {
    if (!this.#types.has(manifest)) this.#types.set(manifest, readField(readJson(manifest), "type"));
    return this.#types.get(manifest);
  }
}
