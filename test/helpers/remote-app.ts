import { bearerToken } from "../../src/client/auth/client-auth.ts";
import { createScimClient, type ScimClient } from "../../src/client/create-client.ts";
import type { Capabilities } from "../../src/client/profiles/capabilities.ts";
import type { ClientProfile } from "../../src/client/profiles/profile.ts";
import { createScimHandler } from "../../src/server/create-handler.ts";
import type { ScimHandlerOptions } from "../../src/server/handler-options.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";

const BASE_URL = "https://remote.example/scim/v2";

/** What became of a request on its way: undefined lets it through. */
export type Fault = (request: Request, body: string) => Promise<Response | undefined> | Response | undefined;

/** An application to push to: our own service provider, seen through a client, with a log and a place for faults. */
export interface RemoteApp {
  readonly client: ScimClient;
  readonly storage: Storage;
  /** `POST /Users` and so on, in order; the path without ids' values. */
  readonly log: string[];
  /** Bodies of the writes, in order. */
  readonly bodies: { line: string; body: unknown }[];
  /** Set to change what happens to requests. */
  fault: Fault;
  /** Forgets the log, and returns it. */
  drain(): string[];
  writes(): string[];
  get(path: string): Promise<Record<string, unknown>>;
  /** All resources of a collection. */
  all(endpoint: "/Users" | "/Groups"): Promise<Record<string, unknown>[]>;
  send(method: string, path: string, body?: unknown): Promise<Response>;
}

/** Lets the request through, then loses the answer. */
export class LostAnswer extends Error {}

export function createRemoteApp(
  options: {
    handler?: Partial<ScimHandlerOptions>;
    profile?: ClientProfile;
    capabilities?: Partial<Capabilities>;
  } = {},
): RemoteApp {
  const storage = memoryStorage();
  const handler = createScimHandler({
    storage,
    baseUrl: BASE_URL,
    authenticate: () => ({ id: "us", tenant: "them", rights: "write" }),
    ...options.handler,
  });
  const log: string[] = [];
  const bodies: { line: string; body: unknown }[] = [];
  const send = (method: string, path: string, body?: unknown): Promise<Response> =>
    handler(
      new Request(`${BASE_URL}${path}`, {
        method,
        headers: { "content-type": "application/scim+json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  const app: RemoteApp = {
    client: createScimClient({
      baseUrl: BASE_URL,
      auth: bearerToken("token"),
      sleep: async () => {},
      random: () => 0,
      retry: { attempts: 2 },
      ...(options.profile === undefined ? {} : { profile: options.profile }),
      ...(options.capabilities === undefined ? {} : { capabilities: options.capabilities }),
      fetch: async (request) => {
        const body = await request.clone().text();
        const path = new URL(request.url).pathname.replace("/scim/v2", "").replace(/^(\/\w+)\/.+$/, "$1/{id}");
        const line = `${request.method} ${path}`;
        log.push(line);
        if (body !== "") bodies.push({ line, body: JSON.parse(body) });
        return (await app.fault(request, body)) ?? handler(request);
      },
    }),
    storage,
    log,
    bodies,
    fault: () => undefined,
    drain: () => log.splice(0),
    writes: () => log.filter((line) => !line.startsWith("GET")),
    send,
    get: async (path) => (await send("GET", path)).json() as Promise<Record<string, unknown>>,
    all: async (endpoint) => {
      const answer = (await (await send("GET", `${endpoint}?count=500`)).json()) as {
        Resources: Record<string, unknown>[];
      };
      return answer.Resources;
    },
  };
  return app;
}

/** A fault that lets a request of this kind act and loses its answer, `times` times. */
export function losesAnswers(app: RemoteApp, method: string, times = 1): Fault {
  let left = times;
  return async (request, body) => {
    if (request.method !== method || left === 0) return undefined;
    left -= 1;
    await app.send(
      method,
      new URL(request.url).pathname.replace("/scim/v2", ""),
      body === "" ? undefined : JSON.parse(body),
    );
    throw new TypeError("fetch failed", { cause: new LostAnswer("socket hang up") });
  };
}
