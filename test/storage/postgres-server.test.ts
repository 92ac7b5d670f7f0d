import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { DIRECTORY_PREFIX } from "../helpers/postgres/cluster.ts";
import { freshDatabase, ownServer, query } from "../helpers/postgres/database.ts";
import { sweepAbandoned } from "../helpers/postgres/sweep.ts";

/** A process that has a PostgreSQL, as a run of tests has. */
async function runWithServer() {
  const script = join(import.meta.dirname, "fixtures", "keep-server.ts");
  const flags = ["--no-warnings", "--experimental-strip-types", script];
  const run = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: run.stdout }), "line");
  const { port, keeper } = JSON.parse(String(line)) as { port: number; keeper: number };
  return { run, port, keeper };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const [connected] = await Promise.race([
    once(socket, "connect").then(() => [true]),
    once(socket, "error").then(() => [false]),
  ]).catch(() => [false]);
  socket.destroy();
  return connected === true;
}

const directoriesOf = (keeper: number) =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`${DIRECTORY_PREFIX}${keeper}-`));

const pause = () => new Promise((resume) => setTimeout(resume, 20));

describe("the tests' PostgreSQL", () => {
  it("is one server for a run, with a database for each who asks, that does not order text by its bytes", async () => {
    const [one, two] = await Promise.all([freshDatabase(), freshDatabase()]);
    expect(one).not.toBe(two);
    expect(new URL(one).port).toBe(new URL(two).port);
    expect(await query(one, "SELECT 'a' < 'B' AS dictionary")).toEqual([{ dictionary: true }]);
  });

  it("can be stopped and started by a test that has one of its own", async () => {
    const server = await ownServer();
    await server.stop();
    await expect(query(server.url, "SELECT 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await server.start();
    await server.quit();
    await server.start();
    expect(await query(server.url, "SELECT 1 AS n")).toEqual([{ n: 1 }]);
    await server.end();
    expect(directoriesOf(server.keeper)).toEqual([]);
  });

  it("ends with a run that is killed", async () => {
    const { run, port, keeper } = await runWithServer();
    expect(await answers(port)).toBe(true);
    run.kill("SIGKILL");
    while (directoriesOf(keeper).length > 0) await pause();
    expect(await answers(port)).toBe(false);
  });

  it("is ended by the next run where its keeper was killed too", async () => {
    const { run, port, keeper } = await runWithServer();
    process.kill(keeper, "SIGKILL");
    run.kill("SIGKILL");
    await once(run, "exit");
    expect(await answers(port)).toBe(true);
    while (directoriesOf(keeper).length > 0) {
      sweepAbandoned();
      await pause();
    }
    while (await answers(port)) await pause();
  });
});
