import chromium from "@sparticuz/chromium-min";
import puppeteer from "puppeteer-core";

export const handler = async () => {
  const failure = await puppeteer
    .launch({ executablePath: "/nonexistent/chromium", args: chromium.args, headless: "shell" })
    .catch((error) => error);
  return { args: chromium.args.length > 5, failure: failure.message, product: puppeteer.defaultBrowser };
};
