import { createHmac } from "node:crypto";
import bolt from "@slack/bolt";

const { App, AwsLambdaReceiver } = bolt;
const signingSecret = "secret";
const receiver = new AwsLambdaReceiver({ signingSecret });
const app = new App({ authorize: async () => ({ botToken: "xoxb-1", botId: "B1", botUserId: "U1" }), receiver });

app.command("/greet", async ({ ack, command }) => {
  await ack({ text: `Hello ${command.text}` });
});

const started = receiver.start();

/** Signed here, since a signature is good for five minutes. */
export const handler = async (event, context, callback) => {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", signingSecret).update(`v0:${timestamp}:${event.body}`).digest("hex");
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-slack-request-timestamp": timestamp,
    "x-slack-signature": event.forged ? "v0=00" : `v0=${signature}`,
  };
  return (await started)({ ...event, headers, isBase64Encoded: false }, context, callback);
};
