import { chromium, devices } from "playwright-core";

export const handler = async () => {
  const failure = await chromium.launch({ executablePath: "/nonexistent/chromium" }).catch((error) => error);
  // Which of its functions was called it tells from the paths in a stack, which lead to no file of its own in a bundle.
  const message = failure.message.replace(/^browserType\.launch: /, "");
  return {
    name: chromium.name(),
    device: devices["iPhone 13"].viewport,
    failure: [failure.name, message.split("\n")[0].replace(/ at .*/, "")],
  };
};
