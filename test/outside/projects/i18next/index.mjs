import { readdirSync } from "node:fs";
import { join } from "node:path";
import i18next from "i18next";
import Backend from "i18next-fs-backend";

const locales = join(import.meta.dirname, "locales");
await i18next.use(Backend).init({
  fallbackLng: "en",
  preload: readdirSync(locales),
  ns: ["common"],
  defaultNS: "common",
  backend: { loadPath: join(locales, "{{lng}}", "{{ns}}.json") },
});

export const handler = async ({ language, count }) => i18next.t("items", { lng: language, count });
