import { Fault } from "../fault.ts";

/** A place in the user's code and what is wrong there. */
export interface SourceProblem {
  readonly message: string;
  /** Absolute path; unknown when the problem has no place. */
  readonly file: string | undefined;
  /** From 1. */
  readonly line: number | undefined;
  /** From 1. */
  readonly column: number | undefined;
  /** How many columns to mark; at least 1. */
  readonly length: number;
  readonly lineText: string | undefined;
  readonly hint?: string;
}

/** A fault that points into source files: printed with an excerpt for each problem. */
export class SourceFault extends Fault {
  readonly problems: readonly SourceProblem[];

  constructor(
    code: string,
    message: string,
    problems: readonly SourceProblem[],
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super(code, message, options);
    this.problems = problems;
  }
}
