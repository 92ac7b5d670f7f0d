import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createScimHandler } from "../../src/server/create-handler.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { listen, type Mount, mounts, type Running } from "./mounts.ts";

const LIMIT = 20_000;
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const scim = { "Content-Type": "application/scim+json" };

/** A handler of ours; a request that says so waits in `authenticate` until its client has gone. */
function waitingHandler() {
  const gone = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const handler = createScimHandler({
    storage: memoryStorage(),
    baseUrl: "https://app.example/scim/v2",
    limits: { maxBodyBytes: LIMIT },
    authenticate: async ({ headers, signal }) => {
      if (headers.has("x-wait")) {
        signal.addEventListener("abort", () => gone.resolve());
        reached.resolve();
        await gone.promise;
      }
      return { id: "a", tenant: "t", rights: "write" };
    },
  });
  return { handler, gone: gone.promise, reached: reached.promise };
}

/** Sends bytes on one connection and gives what comes back until the other side closes. */
function exchange(port: number, ...parts: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(parts.join("")));
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      received += text;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(received));
  });
}

const statuses = (answer: string): (string | undefined)[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
const head = (line: string, ...headers: string[]): string =>
  `${[`${line} HTTP/1.1`, "Host: x", ...headers].join("\r\n")}\r\n\r\n`;
const post = (path: string, body: string): string =>
  head(`POST ${path}`, "Content-Type: application/scim+json", `Content-Length: ${Buffer.byteLength(body)}`) + body;
const last = head("GET /scim/v2/Users", "Connection: close");
const person = (userName: string, displayName = ""): string =>
  JSON.stringify({ schemas: [USER], userName, displayName });

describe.each(mounts)("our handler: $name", (mount: Mount) => {
  const { handler, gone, reached } = waitingHandler();
  let server: Running;
  beforeAll(async () => {
    server = await listen(mount.listener(handler));
  });
  afterAll(() => server.close());
  const users = (): string => `${server.origin}/scim/v2/Users`;

  it("creates, finds, shows and deletes", async () => {
    const created = await fetch(users(), { method: "POST", headers: scim, body: person("o'neil+ç@example.com") });
    expect(created.status).toBe(201);
    expect(created.headers.get("Content-Type")).toBe("application/scim+json");
    const { id } = (await created.json()) as { id: string };
    const etag = created.headers.get("ETag") ?? "";
    expect(etag).not.toBe("");
    for (const plus of ["%2B", "%2b"]) {
      const found = await fetch(`${users()}?filter=userName+eq+%22o'neil${plus}%C3%A7@example.com%22`);
      expect(await found.json()).toMatchObject({ totalResults: 1, Resources: [{ id }] });
    }
    const unlike = await fetch(`${users()}?filter=userName+eq+%22o'neil+%C3%A7@example.com%22`);
    expect(await unlike.json()).toMatchObject({ totalResults: 0 });
    const escaped = id.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`);
    const looked = await fetch(`${users()}/${escaped}`, { method: "HEAD" });
    expect([looked.status, looked.headers.get("ETag"), await looked.text()]).toEqual([200, etag, ""]);
    expect((await fetch(`${users()}/${id}`, { headers: { "If-None-Match": etag } })).status).toBe(304);
    const asked = await fetch(`${users()}/${id}`, { method: "OPTIONS" });
    expect([asked.status, asked.headers.get("Allow")]).toEqual([204, expect.stringContaining("PATCH")]);
    expect((await fetch(`${users()}/${id}`, { method: "DELETE" })).status).toBe(204);
    expect((await fetch(`${users()}/${id}`)).status).toBe(404);
  });

  it("responds to one request after the other on a connection", async () => {
    const parts = ["one", "two", "three"].map((name) => post("/scim/v2/Users", person(`${name} in a row`)));
    const answer = await exchange(server.port, ...parts, last);
    expect(statuses(answer)).toEqual(["201", "201", "201", "200"]);
  });

  it("lets a client whose body is too large read that it is, and ask again", async () => {
    const body = person("large", "x".repeat(LIMIT));
    const answer = await exchange(server.port, post("/scim/v2/Users", body), last);
    expect(statuses(answer)).toEqual(["413", "200"]);
    expect(answer).toContain(`larger than ${LIMIT} bytes`);
  });

  it("counts the bytes of a body that does not say how many there are", async () => {
    const body = person("endless", "x".repeat(LIMIT));
    const chunks = [...body.matchAll(/.{1,5000}/g)].map(([chunk]) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`);
    const lines = ["Content-Type: application/scim+json", "Transfer-Encoding: chunked", "Connection: close"];
    const answer = await exchange(server.port, head("POST /scim/v2/Users", ...lines), ...chunks, "0\r\n\r\n");
    expect(statuses(answer)).toEqual(["413"]);
  });

  it("reads a body that comes byte by byte", async () => {
    const req = httpRequest(users(), { method: "POST", headers: scim });
    const status = new Promise((resolve) => req.on("response", (res) => resolve(res.resume().statusCode)));
    for (const byte of Buffer.from(person("slow", "Ø"))) {
      req.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    req.end();
    expect(await status).toBe(201);
  });

  it("goes on when a client leaves in the middle of its body", async () => {
    const socket = connect(server.port, "127.0.0.1");
    await new Promise<void>((resolve) => {
      socket.write(`${head("POST /scim/v2/Users", "Content-Type: application/scim+json", "Content-Length: 500")}{"sc`);
      socket.once("connect", () => setImmediate(resolve));
    });
    socket.destroy();
    expect((await fetch(users())).status).toBe(200);
  });

  it("aborts the signal when a client disconnects before the response is complete, and goes on", async () => {
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(head("GET /scim/v2/Users", "x-wait: 1"));
    await reached;
    socket.destroy();
    await gone;
    expect((await fetch(users())).status).toBe(200);
  });
});
