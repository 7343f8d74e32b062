import { onShutdown } from "mayfly";

onShutdown(async () => {
  await new Promise((resolve) => setTimeout(resolve, 10));
  console.log("connections closed");
});
onShutdown(() => {
  throw new Error("telemetry lost");
});

export const handle = (): string => "served";
