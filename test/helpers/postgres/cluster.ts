import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Binaries, findBinaries } from "./binaries.ts";
import { freePort } from "./free-port.ts";

/** How the names of the clusters' directories begin; the id of the process that looks after it comes next. */
export const DIRECTORY_PREFIX = "scimkit-postgres-";
export const SUPERUSER = "postgres";
/** Connections to this database need the password, to others of this machine none. */
export const GUARDED_DATABASE = "guarded";
export const PASSWORD = "correct-horse";

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  // What a power cut would do is not tested; what a killed process or server does is the same without.
  fsync: "off",
  full_page_writes: "off",
  // Plans are looked at: nothing changes the statistics behind the tests' back.
  autovacuum: "off",
  max_parallel_workers_per_gather: "0",
};

/** A PostgreSQL in a temporary directory, with an order of text that is not the binary one. */
export class Cluster {
  readonly directory: string;
  port = 0;
  private binaries: Binaries | undefined;
  private server: ChildProcess | undefined;

  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), `${DIRECTORY_PREFIX}${process.pid}-`));
    // The server may run as another user than we do.
    chmodSync(this.directory, 0o755);
  }

  private get data(): string {
    return join(this.directory, "data");
  }

  private findBinaries(): Binaries {
    this.binaries ??= findBinaries(this.directory);
    return this.binaries;
  }

  /** Makes the cluster and starts it on a free port. */
  async create(): Promise<void> {
    const { initdb, as } = this.findBinaries();
    mkdirSync(this.data);
    if (as.uid !== undefined && as.gid !== undefined) chownSync(this.data, as.uid, as.gid);
    const passwordFile = join(this.directory, "password");
    writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
    const order = ["--locale-provider=icu", "--icu-locale=en-US", "--locale=C", "--encoding=UTF8"];
    const login = [`--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, "--auth=trust"];
    const arguments_ = [`--pgdata=${this.data}`, "--no-sync", ...order, ...login];
    const making = spawn(initdb, arguments_, { ...as, cwd: this.directory });
    const output = collect(making);
    const [code] = await once(making, "close");
    if (code !== 0) throw new Error(`initdb failed: ${output()}`);
    const rules = [`host ${GUARDED_DATABASE} all 127.0.0.1/32 scram-sha-256`, "host all all 127.0.0.1/32 trust"];
    writeFileSync(join(this.data, "pg_hba.conf"), `${rules.join("\n")}\n`);
    const settings = Object.entries(SETTINGS).map(([name, value]) => `${name} = '${value}'\n`);
    appendFileSync(join(this.data, "postgresql.conf"), settings.join(""));
    this.port = await freePort();
    await this.start();
  }

  /** Starts the server where it is not running, on the port it had. */
  async start(): Promise<void> {
    const { postgres, as } = this.findBinaries();
    const server = spawn(postgres, ["-D", this.data, "-p", String(this.port)], { ...as, cwd: this.directory });
    const output = collect(server);
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.stderr?.on("data", () => {
        if (output().includes("ready to accept connections")) resolve();
      });
      server.on("close", () => reject(new Error(`PostgreSQL did not start: ${output()}`)));
    });
  }

  /** Ends the server: with SIGQUIT at once and without goodbye, with SIGINT by ending every connection. */
  async stop(signal: "SIGQUIT" | "SIGINT"): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const closed = once(server, "close");
    server.kill(signal);
    await closed;
  }

  /** Ends the server and removes all of it. */
  async remove(): Promise<void> {
    await this.stop("SIGQUIT");
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** What a process says, for messages; no more than its last lines. */
function collect(child: ChildProcess): () => string {
  let text = "";
  const add = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-10_000);
  };
  child.stdout?.on("data", add);
  child.stderr?.on("data", add);
  child.on("error", (error) => add(Buffer.from(error.message)));
  return () => text;
}
