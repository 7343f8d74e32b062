/** Something of others, or of Mayfly, that a package contains. */
export interface Part {
  readonly name: string;
  /** `undefined` where nothing tells it. */
  readonly version: string | undefined;
  /** As its author says it, an SPDX expression as a rule; `undefined` where nothing is said. */
  readonly license: string | undefined;
  /** Where its source is. */
  readonly source: string | undefined;
  /** Names it in an SBOM: https://github.com/package-url/purl-spec */
  readonly purl: string;
  /** What its files say about its licence, verbatim; empty where none does. */
  readonly text: string;
  readonly note: string | undefined;
  /** Of what its author published, as a lockfile has it. */
  readonly hash: PartHash | undefined;
  /** The purls of the parts of this package that it is made of or imports. */
  readonly needs: readonly string[];
}

export interface PartHash {
  readonly algorithm: "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";
  /** Hexadecimal. */
  readonly content: string;
}

/** @param type of the ecosystem: `npm`, `hex` */
export function purlOf(type: string, name: string, version: string | undefined): string {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return `pkg:${type}/${path}${version === undefined ? "" : `@${encodeURIComponent(version)}`}`;
}
