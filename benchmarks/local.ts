/**
 * What the local Lambda costs its host: asynchronous events of the hello example through ten environments, in the
 * processor time of this process and of their supervisors, without the function's own.
 * Run by `npm run bench local [events]`.
 */
import { readFileSync, readdirSync } from "node:fs";
import { request, Agent } from "node:http";
import { join } from "node:path";
import { startLambda } from "../src/testing/index.ts";

const EVENTS = Number(process.argv[2] ?? 10_000);
const ENVIRONMENTS = 10;
/** At once: what one connection each takes. */
const SENDERS = 8;

const lambda = await startLambda({
  entry: join(import.meta.dirname, "../examples/hello/src/hello.ts"),
  environments: ENVIRONMENTS,
});
const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
const url = `${lambda.url}/2015-03-31/functions/function/invocations`;
const ended = (): number => lambda.logs.reduce((sum, { line }) => sum + (line.startsWith("REPORT") ? 1 : 0), 0);
try {
  // Each environment has started once.
  await Promise.all(Array.from({ length: ENVIRONMENTS }, () => lambda.invoke({ name: "Ada" })));
  const before = {
    reports: ended(),
    usage: process.cpuUsage(),
    supervisors: supervisorsCpuMs(),
    at: performance.now(),
  };
  let sent = 0;
  const sender = async (): Promise<void> => {
    while (sent < EVENTS) {
      sent += 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  const accepted = performance.now() - before.at;
  while (ended() - before.reports < EVENTS) await new Promise((resolve) => setTimeout(resolve, 50));
  const seconds = (performance.now() - before.at) / 1000;
  const { user, system } = process.cpuUsage(before.usage);
  const own = (user + system) / 1000;
  const supervisors = supervisorsCpuMs() - before.supervisors;
  console.log(
    `${EVENTS} events, ${ENVIRONMENTS} environments, ${readdirSync("/proc").filter((name) => /^\d+$/.test(name)).length} processes on the machine`,
  );
  console.log(`${seconds.toFixed(1)} s until the last REPORT, accepted after ${(accepted / 1000).toFixed(1)} s`);
  console.log(
    `processor: ${((own + supervisors) / EVENTS).toFixed(2)} ms an event (${(own / EVENTS).toFixed(2)} here, ${(supervisors / EVENTS).toFixed(2)} in the supervisors)`,
  );
} finally {
  agent.destroy();
  await lambda.stop();
}

function send(): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: "POST", agent, headers: { "x-amz-invocation-type": "Event" } },
      (response) => {
        response.resume();
        response.on("end", () =>
          response.statusCode === 202 ? resolve() : reject(new Error(`${response.statusCode}`)),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(`{"name":"Ada"}`);
  });
}

/** Of the supervisors below this process, in hundredths of a second: exact enough for thousands of events. */
function supervisorsCpuMs(): number {
  const supervisors = new Set([process.pid]);
  let ticks = 0;
  // In the order of their numbers, so mostly a parent comes before its child.
  for (const pid of readdirSync("/proc").map(Number).filter(Boolean)) {
    const stat = statOf(pid);
    const [, parent, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (!stat.includes("(supervisor-") || !supervisors.has(Number(parent))) continue;
    supervisors.add(pid);
    ticks += Number(fields[9]) + Number(fields[10]);
  }
  return ticks * 10;
}

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // It has ended.
    return "";
  }
}
