import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chownSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Binaries, findBinaries } from "../test/helpers/postgres/binaries.ts";
import { freePort } from "../test/helpers/postgres/free-port.ts";

/** As it comes, durability included, but for memory that suits tables of some gigabytes. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  shared_buffers: "1GB",
};

/** A server that runs while this process does. */
export interface PostgresServer {
  /** Its folder. */
  readonly data: string;
  urlOf(database: string): string;
  stop(): Promise<void>;
}

/** Starts PostgreSQL over a folder that outlasts the run; made if it is not there. */
export async function startPostgres(folder: string): Promise<PostgresServer> {
  mkdirSync(folder, { recursive: true });
  const binaries = findBinaries(folder);
  const data = join(folder, "data");
  if (!existsSync(join(data, "bench-is-ready"))) await create(data, binaries);
  await endAbandoned(data);
  const port = await freePort();
  const server = spawn(binaries.postgres, ["-D", data, "-p", String(port)], { ...binaries.as, cwd: data });
  // Ctrl-C in a terminal reaches the server as well; by itself this does for whatever else ends the process.
  const end = (): void => void server.kill("SIGINT");
  process.on("exit", end);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
  await isReady(server);
  return {
    data,
    urlOf: (database) => `postgres://postgres@127.0.0.1:${port}/${database}`,
    stop: async () => {
      process.off("exit", end);
      if (server.exitCode !== null) return;
      const closed = once(server, "close");
      end();
      await closed;
    },
  };
}

async function create(data: string, { initdb, as }: Binaries): Promise<void> {
  mkdirSync(data, { recursive: true });
  if (as.uid !== undefined && as.gid !== undefined) chownSync(data, as.uid, as.gid);
  const options = ["--locale=C", "--encoding=UTF8", "--username=postgres", "--auth=trust"];
  const made = spawn(initdb, [`--pgdata=${data}`, ...options], {
    ...as,
    cwd: data,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(made, "close");
  if (code !== 0) throw new Error("initdb failed");
  const settings = Object.entries(SETTINGS).map(([name, value]) => `${name} = '${value}'\n`);
  appendFileSync(join(data, "postgresql.conf"), settings.join(""));
  appendFileSync(join(data, "bench-is-ready"), "");
}

/** A run that was killed leaves its server behind. Nothing is ended but the server of this folder. */
async function endAbandoned(data: string): Promise<void> {
  const file = join(data, "postmaster.pid");
  while (existsSync(file)) {
    const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
    const command = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : "";
    // Left by a loss of power, say: the server sees for itself that nobody has it.
    if (!command.includes(data)) return;
    process.kill(pid, "SIGINT");
    await new Promise((resume) => setTimeout(resume, 200));
  }
}

async function isReady(server: ChildProcess): Promise<void> {
  let said = "";
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-5_000);
      if (said.includes("ready to accept connections")) resolve();
    });
    server.on("close", () => reject(new Error(`PostgreSQL did not start: ${said}`)));
  });
}
