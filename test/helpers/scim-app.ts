import { UnauthorizedError } from "../../src/errors/request-errors.ts";
import type { ScimEvent } from "../../src/observe/events.ts";
import { createScimHandler } from "../../src/server/create-handler.ts";
import type { ScimHandlerOptions } from "../../src/server/handler-options.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { freshPostgresStorage } from "./postgres/fresh-storage.ts";

export const BASE_URL = "https://app.example/scim/v2";

export const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
export const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** The storages that everything above them is tested over. */
export const STORAGES: Readonly<Record<string, () => Storage>> = {
  memory: () => memoryStorage(),
  sqlite: () => sqliteStorage(":memory:"),
};

/** The same and PostgreSQL, for what depends most on the storage: a database for each takes its time. */
export const EVERY_STORAGE: Readonly<Record<string, () => Storage>> = {
  ...STORAGES,
  postgres: () => freshPostgresStorage(),
};

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; an empty object if there is none. */
  readonly body: Record<string, unknown>;
}

export interface App {
  readonly storage: Storage;
  readonly events: ScimEvent[];
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
  /** The same as another tenant. */
  as(tenant: string, rights?: "read" | "write"): Pick<App, "send">;
}

/** A handler over a storage, with tenants told by their tokens `tenant:rights`, and a clock that moves a second a call. */
export function createApp(options: Partial<ScimHandlerOptions> & { storage?: Storage } = {}): App {
  const storage = options.storage ?? memoryStorage();
  const events: ScimEvent[] = [];
  let time = Date.parse("2026-01-01T00:00:00Z");
  const handler = createScimHandler({
    now: () => {
      time += 1000;
      return time;
    },
    baseUrl: BASE_URL,
    observe: (event) => void events.push(event),
    authenticate: (request) => {
      const [, tenant, rights] =
        /^Bearer ([a-z]+):(read|write)$/.exec(request.headers.get("authorization") ?? "") ?? [];
      if (tenant === undefined) throw new UnauthorizedError();
      return { id: `tester of ${tenant}`, tenant, rights: rights === "read" ? "read" : "write" };
    },
    ...options,
    storage,
  });
  const sendAs =
    (token: string): App["send"] =>
    async (method, path, body, headers = {}) => {
      const response = await handler(
        new Request(path.startsWith("https:") ? path : `${BASE_URL}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { "content-type": "application/scim+json" }),
            ...headers,
          },
          ...(body === undefined
            ? {}
            : {
                body: isRaw(body) ? body : JSON.stringify(body),
                duplex: "half",
              }),
        }),
      );
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: text === "" ? {} : JSON.parse(text) };
    };
  return {
    storage,
    events,
    send: sendAs("acme:write"),
    as: (tenant, rights = "write") => ({ send: sendAs(`${tenant}:${rights}`) }),
  };
}

function isRaw(body: unknown): body is BodyInit {
  return typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
}

/** Creates a user and returns its id. */
export async function createUser(app: Pick<App, "send">, userName: string, more: object = {}): Promise<string> {
  const answer = await app.send("POST", "/Users", { schemas: [USER], userName, ...more });
  if (answer.status !== 201) throw new Error(answer.text);
  return String(answer.body.id);
}

/** Creates a group and returns its id. */
export async function createGroup(
  app: Pick<App, "send">,
  displayName: string,
  members: string[] = [],
): Promise<string> {
  const answer = await app.send("POST", "/Groups", {
    schemas: [GROUP],
    displayName,
    members: members.map((value) => ({ value })),
  });
  if (answer.status !== 201) throw new Error(answer.text);
  return String(answer.body.id);
}

/** The ids of a group's members, sorted. */
export async function memberIds(app: Pick<App, "send">, groupId: string): Promise<string[]> {
  const { body } = await app.send("GET", `/Groups/${groupId}`);
  return ((body.members ?? []) as { value: string }[]).map((member) => member.value).sort();
}

/** A PATCH body. */
export function patch(...operations: object[]): object {
  return { schemas: [PATCH_OP], Operations: operations };
}
