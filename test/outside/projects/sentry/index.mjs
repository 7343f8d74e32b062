import * as Sentry from "@sentry/aws-serverless";

const sent = [];
Sentry.init({
  dsn: "https://key@example.invalid/1",
  tracesSampleRate: 0,
  transport: () => ({
    send: async ([, items]) => {
      for (const [header, item] of items) if (header.type === "event") sent.push(item);
      return { statusCode: 200 };
    },
    flush: async () => true,
  }),
});

export const handler = Sentry.wrapHandler(async ({ fail, list }) => {
  if (list) {
    return sent.map(({ exception, tags, level, sdk }) => ({
      exceptions: exception?.values.map(({ type, value, stacktrace }) => [type, value, stacktrace.frames.length > 0]),
      tags,
      level,
      sdk: sdk?.name,
    }));
  }
  if (fail) throw new RangeError(fail);
  Sentry.captureMessage("hello");
  return "fine";
});
