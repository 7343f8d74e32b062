import axios from "axios";
import got from "got";
import http, { Agent } from "node:http";
import OpenAI from "openai";
import Stripe from "stripe";
import { request } from "undici";

const agent = new http.Agent({ keepAlive: true });

export async function handle({ origin }) {
  const { port, hostname } = new URL(origin);
  const stripe = new Stripe("sk_test_1", {
    host: hostname,
    port: Number(port),
    protocol: "http",
    maxNetworkRetries: 0,
  });
  const openai = new OpenAI({ apiKey: "key", baseURL: `${origin}/v1`, maxRetries: 0 });
  const plain = await new Promise((resolve, reject) => {
    http
      .get(`${origin}/plain`, { agent }, (response) => {
        let text = "";
        response.on("data", (piece) => (text += piece.toString("utf8"))).on("end", () => resolve(text));
      })
      .on("error", reject);
  });
  return {
    axios: (await axios.post(`${origin}/axios`, { a: 1 }, { httpAgent: agent })).data,
    missing: await axios.get(`${origin}/missing`).then(
      () => "found",
      (error) => (axios.isAxiosError(error) ? [error.code, error.response?.status] : String(error)),
    ),
    got: await got(`${origin}/got`, { json: { b: 2 }, method: "POST" }).json(),
    undici: await (await request(`${origin}/undici`)).body.json(),
    plain,
    openai: (await openai.chat.completions.create({ model: "m", messages: [{ role: "user", content: "hi" }] }))
      .choices[0]?.message.content,
    stripe: await stripe.customers.retrieve("cus_1").then(({ id }) => id),
    agents: [agent instanceof Agent, agent instanceof http.Agent, Agent === http.Agent, agent.maxSockets],
  };
}
