import type { WebFunctions } from "./web-settings.ts";

/** What the build tells the runtime of a package, besides the modules in it. */
export interface ProgramSettings {
  /** The handler strings that the build found, for messages. */
  readonly handlers: readonly string[];
  /** Those of them, with the whole path of their modules, whose function URL streams. */
  readonly streaming: readonly string[];
  /** The config's servers. */
  readonly web: WebFunctions;
  /** Whether the engine waits before it compiles hot code, until the runtime wakes it. */
  readonly jitDelay: boolean;
  /** Whether any of its code names what the Fetch standard defines, or other code can come along. */
  readonly webTypes: boolean;
  /** Whether any of it may look for modules at run time, or other code can come along. */
  readonly lookUps: boolean;
  /** For a recording: whether the process ends in order after one invocation. */
  readonly once: boolean;
}
