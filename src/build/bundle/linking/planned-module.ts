/** What is known of a module when chunks are planned. */
export interface PlannedModule {
  /** What runs before it, in the order of its text. */
  readonly imports: readonly string[];
  /** What it may load later. */
  readonly loads: readonly string[];
  /** Whether it and all that it imports can be evaluated at any time before they are used: nobody sees the difference. */
  readonly free: boolean;
  /** Whether it has top-level `await`. */
  readonly waits: boolean;
  /** Whether the bundler makes a function of it, which is called when it is asked for. */
  readonly wrapped: boolean;
  /** Whether its package says that evaluating it has no effects. */
  readonly quiet: boolean;
}
