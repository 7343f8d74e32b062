/** An import that leads nowhere. */
export interface MissingImport {
  readonly specifier: string;
  /** Absolute path of the file that asks. */
  readonly importer: string;
}

/** One that the program can do without. */
export interface LeftOut extends MissingImport {
  readonly why: "declared" | "tried" | "later";
  /** Whether what asks for it is the project's own code. */
  readonly own: boolean;
  /** Whether a module that a start loads fails without it, however optional its package says that it is. */
  readonly atStart: boolean;
}

export interface MissingImports {
  readonly missing: readonly MissingImport[];
  readonly leftOut: readonly LeftOut[];
}
