import fastJson from "fast-json-stringify";
import { z } from "zod";

const write = fastJson({
  type: "object",
  properties: { name: { type: "string" }, at: { type: "string", format: "date" } },
});

export const handler = async (event) => ({
  text: write({ ...event, at: new Date(0) }),
  parsed: z.object({ name: z.string().min(2) }).safeParse(event).success,
});
