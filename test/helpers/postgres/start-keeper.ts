import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A PostgreSQL server of our own, and the process that ends it when we are gone. */
export interface KeptServer {
  readonly port: number;
  /** The id of the process that looks after it. */
  readonly keeper: number;
  /** Ends it and every connection, as an operator would. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  quit(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Ends it for good and removes what it wrote. */
  end(): Promise<void>;
}

/** Makes and starts a server, in less than two seconds. @throws {Error} saying why not, where it cannot be */
export async function startKeeper(): Promise<KeptServer> {
  const script = join(import.meta.dirname, "fixtures", "keeper.ts");
  // Detached, so that a Ctrl-C in the terminal does not end it before it has cleaned up.
  const keeper = spawn(process.execPath, ["--no-warnings", "--experimental-strip-types", script], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  keeper.stdin.on("error", () => undefined);
  const answers = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<{ readonly port?: number; readonly error?: string }> => {
    const { value, done } = await answers.next();
    const answer = done ? { error: "its keeper ended" } : JSON.parse(value);
    if (answer.error !== undefined) throw new Error(`The tests' PostgreSQL cannot run: ${answer.error}`);
    return answer;
  };
  const tell = async (command: string): Promise<void> => {
    keeper.stdin.write(`${command}\n`);
    await next();
  };
  const { port = 0 } = await next();
  return {
    port,
    keeper: keeper.pid ?? 0,
    stop: () => tell("stop"),
    quit: () => tell("quit"),
    start: () => tell("start"),
    end: async () => {
      const ended = keeper.exitCode === null && keeper.signalCode === null ? once(keeper, "exit") : undefined;
      keeper.stdin.end();
      await ended;
    },
  };
}
