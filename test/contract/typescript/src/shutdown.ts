import { onShutdown } from "mayfly";

onShutdown(async () => {
  console.log("closing");
  await new Promise((resolve) => setTimeout(resolve, 100));
  console.log("connections closed");
});
onShutdown(() => {
  throw new Error("telemetry lost");
});

export const handle = (): string => "served";
