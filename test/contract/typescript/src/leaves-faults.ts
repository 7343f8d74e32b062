import { onShutdown } from "mayfly";

// Registering takes the platform's time: what the module left behind strikes meanwhile.
if (process.env["SHUTDOWN"] !== undefined) onShutdown(() => undefined);

switch (process.env["LEAVES"] ?? "") {
  case "rejection":
    void Promise.reject(new Error("left by the module"));
    break;
  case "exception":
    setImmediate(() => {
      throw new Error("left by the module");
    });
    break;
  case "exit":
    setImmediate(() => process.exit(3));
    break;
  default:
    break;
}

export const handle = (): string => "served";
