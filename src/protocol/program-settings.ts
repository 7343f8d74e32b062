import type { WebFunctions } from "./web-settings.ts";

/** A function's own variable, which goes before what its package says: `stream` or `buffered`. */
export const RESPONSE_MODE_VARIABLE = "MAYFLY_RESPONSE_MODE";

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
  /** What is said of packages that can't be found at run time. */
  readonly packages: PackageNames;
  /** What the build found in the code. */
  readonly findings: CodeFindings;
  /** For a recording: whether the process ends in order after one invocation. */
  readonly once: boolean;
}

/** Packages that the build knows of. */
export interface PackageNames {
  /** Left out as the user wanted it. */
  readonly external: readonly string[];
  /** Installed, of those that the project's package.json names. */
  readonly installed: readonly string[];
}

/**
 * Which of the places where the engine does otherwise than Node.js a program's code can come to, by the words in it. All,
 * if other code can come along. A start mends no others.
 */
export interface CodeFindings {
  /** It names what the Fetch standard defines. */
  readonly webTypes: boolean;
  /** It makes forms or reads them. */
  readonly forms: boolean;
  /** It names `DOMException`, or what fails with one. */
  readonly aborts: boolean;
  /** It asks frames for their file. */
  readonly frameFiles: boolean;
  /** It may look for modules at run time. */
  readonly lookUps: boolean;
  /** It may list the modules that are loaded. */
  readonly moduleCache: boolean;
  /** It takes the listeners of the process from where Node.js has them. */
  readonly processEvents: boolean;
  /** It gives sockets of its own to responses, as adapters between events and servers for Node.js do. */
  readonly ownSockets: boolean;
}
