import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A run of `examples/main.ts` as a process of its own, as `npm start` starts it. */
export interface Run {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Settles when stdout holds this text; rejects if the process ends before. */
  until(text: string): Promise<void>;
  readonly status: Promise<number | null>;
}

export function runExample(...args: string[]): Run {
  const fromSource = new URL("./from-source.ts", import.meta.url).href;
  const flags = ["--disable-warning=ExperimentalWarning", "--import", fromSource];
  const child = spawn(process.execPath, [...flags, "examples/main.ts", ...args], { cwd: root });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const status = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    status,
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stdout.includes(text)) resolve();
        };
        child.stdout.on("data", look);
        child.once("close", () => reject(new TypeError(`ended without "${text}":\n${stdout}${stderr}`)));
        look();
      }),
  };
}
