import { removeTemporaryFolders } from "../support/temporary-folder.ts";
import { runCommandLine } from "./command-line.ts";

// Of bin/mayfly.js for this process: the functions that it starts have their own way.
delete process.env["BUN_JSC_useFTLJIT"];
delete process.env["BUN_JSC_useTailCalls"];
endOn("SIGINT", 130);
endOn("SIGTERM", 143);
endOn("SIGHUP", 129);
endWithWrapper();
outliveReaders();
process.exitCode = await runCommandLine(process.argv.slice(2));

/** `mayfly … | head` has read enough: that is no fault, and what is under way goes on. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}

/** A signal ends the process without running `finally`; what was temporary goes all the same. */
function endOn(signal: NodeJS.Signals, code: number): void {
  process.once(signal, () => {
    // A command with things of its own to stop listens too, and ends in its own time: until then it needs its files.
    if (process.listenerCount(signal) > 0) return;
    removeTemporaryFolders();
    process.exit(code);
  });
}

/**
 * bin/mayfly.js passes signals on, but not SIGKILL. The channel to it closes however it ends; from there on all is as
 * if it had been asked to end. The engine's own `--no-orphans` kills at once, before anything temporary is removed.
 */
function endWithWrapper(): void {
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel?.unref();
}
