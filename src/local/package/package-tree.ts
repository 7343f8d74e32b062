export type Leaf = { readonly kind: "file" } | { readonly kind: "link"; readonly target: string };
type Folder = { readonly kind: "folder"; readonly children: Map<string, Node> };
type Node = Leaf | Folder;

/** Why a name can't be beside those before it. */
export type Clash = "taken" | "in a file" | "behind a link";

/** As many as Linux follows in one path. */
const MAX_LINKS = 40;
/** No package needs a hundredth; without a bound, links that lead through each other would take hours. */
const MAX_STEPS = 1_000_000;

/** What an archive will be as files, known before any of it is made. */
export class PackageTree {
  readonly #root: Folder = { kind: "folder", children: new Map() };
  #steps = 0;

  /** @returns what is in the way */
  add(parts: readonly string[], leaf: Leaf | undefined): Clash | undefined {
    const folder = this.#folder(leaf === undefined ? parts : parts.slice(0, -1));
    if (typeof folder === "string") return folder;
    if (leaf === undefined) return undefined;
    const name = parts.at(-1) ?? "";
    if (folder.children.has(name)) return "taken";
    folder.children.set(name, leaf);
    return undefined;
  }

  #folder(parts: readonly string[]): Folder | Clash {
    let folder = this.#root;
    for (const part of parts) {
      const next: Node = folder.children.get(part) ?? { kind: "folder", children: new Map() };
      if (next.kind === "file") return "in a file";
      if (next.kind === "link") return "behind a link";
      folder.children.set(part, next);
      folder = next;
    }
    return folder;
  }

  /** Whether what a link points to is inside, found step by step as the system does it, through other links. */
  staysInside(link: readonly string[]): boolean {
    let at: (Node | undefined)[] = [this.#root];
    for (const part of link.slice(0, -1)) at.push(below(at.at(-1), part));
    const last = below(at.at(-1), link.at(-1) ?? "");
    let ahead = last?.kind === "link" ? partsOf(last.target) : undefined;
    for (let links = 0; ahead !== undefined && links < MAX_LINKS; links++) {
      const next = this.#walk(at, ahead);
      if (next === "outside") return false;
      ({ at, ahead } = next);
    }
    // A ring of links leads nowhere.
    return true;
  }

  /** As far as the next link. */
  #walk(
    start: readonly (Node | undefined)[],
    parts: readonly string[],
  ): { readonly at: (Node | undefined)[]; readonly ahead: readonly string[] | undefined } | "outside" {
    // Only "/" begins with an empty part.
    if (parts[0] === "") return "outside";
    const at = [...start];
    for (const [index, part] of parts.entries()) {
      if (++this.#steps > MAX_STEPS) return "outside";
      if (part === "" || part === ".") continue;
      if (part === "..") {
        if (at.length === 1) return "outside";
        at.pop();
        continue;
      }
      const next = below(at.at(-1), part);
      if (next?.kind === "link") {
        return { at, ahead: [...partsOf(next.target), ...parts.slice(index + 1)] };
      }
      at.push(next);
    }
    return { at, ahead: undefined };
  }
}

function partsOf(target: string): readonly string[] {
  return target.split("/");
}

function below(node: Node | undefined, name: string): Node | undefined {
  return node?.kind === "folder" ? node.children.get(name) : undefined;
}
