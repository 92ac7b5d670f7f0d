import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import { bearerToken } from "../../src/client/auth/client-auth.ts";
import type { ScimClientOptions } from "../../src/client/client-options.ts";
import { createScimClient, type ScimClient } from "../../src/client/create-client.ts";
import type { ScimEvent } from "../../src/observe/events.ts";

export const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
export const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/** What arrived. */
export interface Arrived {
  readonly method: string;
  /** Path and query as they stood on the wire. */
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** How one request is answered. */
export type Step = (res: ServerResponse, arrived: Arrived) => void;

/** Answers with JSON, or with a text under another type. */
export function respond(status: number, body?: unknown, headers: Record<string, string> = {}): Step {
  return (res) => {
    const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
    res.writeHead(status, { ...(text === "" ? {} : { "content-type": "application/scim+json" }), ...headers });
    res.end(text);
  };
}

/** A SCIM error. */
export function refusal(status: number, more: object = {}, headers?: Record<string, string>): Step {
  return respond(status, { schemas: [ERROR], status: String(status), ...more }, headers);
}

/** Cuts the connection without an answer. */
export const reset: Step = (res) => void res.socket?.resetAndDestroy();

/** Promises a longer body than it sends. */
export const halfBody: Step = (res) => {
  res.writeHead(200, { "content-type": "application/scim+json", "content-length": "1000" });
  res.write('{"id":"1","userN');
  setImmediate(() => res.socket?.destroy());
};

/** Sends headers and the beginning of a body, and nothing more. */
export const endlessBody: Step = (res) => {
  res.writeHead(200, { "content-type": "application/scim+json" });
  res.write('{"id":"1"');
};

/** Never answers. */
export const silence: Step = () => {};

/** An HTML page, as proxies and login forms send it. */
export function page(status: number): Step {
  return respond(status, "<!doctype html><title>Sign in</title>", { "content-type": "text/html; charset=utf-8" });
}

/** A client and the real server that it speaks to, which follows a script. */
export interface Scripted {
  readonly client: ScimClient;
  readonly url: string;
  readonly arrived: Arrived[];
  readonly events: ScimEvent[];
  /** What the client waited, in milliseconds; nothing really waits. */
  readonly waits: number[];
}

const open: (() => void)[] = [];

afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** Starts a server on a port of its own that answers with the steps in order, then with the last one again and again. */
export async function scripted(steps: readonly Step[], options: Partial<ScimClientOptions> = {}): Promise<Scripted> {
  const arrived: Arrived[] = [];
  const events: ScimEvent[] = [];
  const waits: number[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const one = { method: req.method ?? "", target: req.url ?? "", headers: req.headers, body };
    arrived.push(one);
    steps[Math.min(arrived.length, steps.length) - 1]?.(res, one);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createScimClient({
    baseUrl: `${url}/scim/v2`,
    auth: bearerToken("secret-token"),
    observe: (event) => void events.push(event),
    now: () => Date.parse("2026-01-01T00:00:00Z"),
    sleep: async (ms) => void waits.push(ms),
    random: () => 0.5,
    ...options,
  });
  return { client, url, arrived, events, waits };
}

/** A URL at which nobody listens. */
export async function closedUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/scim/v2`;
}

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
