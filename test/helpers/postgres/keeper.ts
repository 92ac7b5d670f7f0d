import { createInterface } from "node:readline";
import { Cluster } from "./cluster.ts";
import { sweepAbandoned } from "./sweep.ts";

// Keeps a PostgreSQL for the process that started this one: `stop`, `quit` and `start` come in as lines, answers go out
// as lines of JSON. When the input ends, because its parent wants it to or is dead, the server ends and leaves nothing.

function answer(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

// A parent that is dead reads no answers.
process.stdout.on("error", () => undefined);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.stdin.destroy());

sweepAbandoned();
const cluster = new Cluster();
try {
  await cluster.create();
  answer({ port: cluster.port });
  for await (const command of createInterface({ input: process.stdin })) {
    if (command === "start") await cluster.start();
    else await cluster.stop(command === "quit" ? "SIGQUIT" : "SIGINT");
    answer({ done: command });
  }
} catch (error) {
  answer({ error: error instanceof Error ? error.message : String(error) });
} finally {
  await cluster.remove();
}
