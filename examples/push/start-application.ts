import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { StartError } from "../accept/serve.ts";

/** The application, running as a process of its own. */
export interface RunningApplication {
  readonly baseUrl: string;
  readonly token: string;
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("./application.ts", import.meta.url));

/**
 * Starts the application on a free port; it keeps what it is sent in `file`.
 *
 * @throws {StartError} when it ends before it listens
 */
export async function startApplication(file: string): Promise<RunningApplication> {
  const token = randomBytes(32).toString("base64url");
  const child = fork(PROGRAM, [file], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: { ...process.env, APPLICATION_TOKEN: token },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2000);
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const baseUrl = await new Promise<string>((resolve, reject) => {
    child.once("message", (message: { baseUrl: string }) => resolve(message.baseUrl));
    void ended.then(() => {
      const reason = /^\w*Error.*$/m.exec(said)?.[0] ?? "it ended";
      reject(new StartError(`Cannot start the application on ${file}: ${reason}`));
    });
  });
  return {
    baseUrl,
    token,
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
