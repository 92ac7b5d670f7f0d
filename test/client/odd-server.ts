import { delay, type HttpHandler, HttpResponse, http, type JsonBodyType } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { bearerToken } from "../../src/client/auth/client-auth.ts";
import type { ScimClientOptions } from "../../src/client/client-options.ts";
import { createScimClient, type ScimClient } from "../../src/client/create-client.ts";
import { arrayDirectory } from "../../src/directory/array-directory.ts";
import { applyPatch } from "../../src/patch/apply-patch.ts";
import { createProvider, type Provider } from "../../src/provider/create-provider.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";

export const BASE = "https://odd.example/scim/v2";

/** Answers with JSON under SCIM's media type. */
export function scim(status: number, body: object, headers: Record<string, string> = {}): HttpResponse<JsonBodyType> {
  return HttpResponse.json(body as JsonBodyType, {
    status,
    headers: { "content-type": "application/scim+json", ...headers },
  });
}

type Stored = Record<string, unknown> & { id: string };

/** What a product does otherwise than the RFC says, and which of the RFC's methods it has. */
export interface Oddities {
  readonly methods: readonly ("list" | "get" | "create" | "replace" | "patch" | "delete")[];
  /** How a resource is shown. */
  readonly show?: (resource: Stored) => Record<string, unknown>;
  /** Answers before anything is done, if it answers at all. */
  readonly before?: (request: Request, body: Record<string, unknown>) => Response | undefined;
  /** What a listing with this filter shows. @default what it finds */
  readonly listed?: (filter: string | null, all: readonly Stored[]) => readonly Record<string, unknown>[];
  /** The answer to PUT. @default 200 with the resource */
  readonly replaced?: () => Response;
}

/** The service provider of a test, its requests, and what became of them. */
export interface OddServer {
  /** `POST /Users` and so on, in order; ids as `{id}`. */
  readonly log: string[];
  use(...handlers: HttpHandler[]): void;
  /** A collection at `/Users` or `/Groups` that keeps what it is sent. */
  collection(endpoint: "/Users" | "/Groups", oddities: Oddities): Map<string, Stored>;
}

/** Intercepts every request; one that no handler is for, and a handler that no request is for, fails the test. */
export function oddServer(): OddServer {
  const server = setupServer();
  const log: string[] = [];
  const strangers: string[] = [];
  server.events.on("request:start", async ({ request }) => {
    const path = new URL(request.url).pathname.replace("/scim/v2", "").replace(/^(\/(?:Users|Groups))\/.+$/, "$1/{id}");
    log.push(`${request.method} ${path}`);
  });
  server.events.on("request:unhandled", ({ request }) => void strangers.push(`${request.method} ${request.url}`));
  beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
  afterEach(() => {
    const unused = server.listHandlers().filter((handler) => "isUsed" in handler && !handler.isUsed);
    const seen = strangers.splice(0);
    server.resetHandlers();
    log.splice(0);
    expect(seen, "requests without a handler").toEqual([]);
    expect(
      unused.map((handler) => ("info" in handler ? handler.info.header : "?")),
      "handlers without a request",
    ).toEqual([]);
  });
  afterAll(() => server.close());

  const use = (...handlers: HttpHandler[]): void => server.use(...handlers);
  return { log, use, collection: (endpoint, oddities) => collection(endpoint, oddities, use) };
}

function collection(endpoint: "/Users" | "/Groups", oddities: Oddities, use: OddServer["use"]): Map<string, Stored> {
  const all = new Map<string, Stored>();
  const type = endpoint === "/Users" ? userResourceType : groupResourceType;
  const { show = (resource) => resource, before, listed = found } = oddities;
  const one = `${BASE}${endpoint}/:id`;
  const read = async (request: Request): Promise<Record<string, unknown>> => {
    const text = await request.clone().text();
    return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
  const answer =
    (act: (id: string, body: Record<string, unknown>) => Response) =>
    async ({ request, params }: { request: Request; params: { id?: unknown } }): Promise<Response> => {
      await delay(0);
      const body = await read(request);
      const id = String(params.id ?? "");
      const early = before?.(request, body);
      if (early !== undefined) return early;
      return request.method === "POST" || all.has(id) ? act(id, body) : notFound();
    };
  const handlers: Record<Oddities["methods"][number], HttpHandler> = {
    list: http.get(`${BASE}${endpoint}`, ({ request }) => {
      const early = before?.(request, {});
      if (early !== undefined) return early;
      const Resources = listed(new URL(request.url).searchParams.get("filter"), [...all.values()]).map((each) =>
        show(each as Stored),
      );
      return scim(200, { schemas: [LIST], totalResults: Resources.length, Resources });
    }),
    get: http.get(
      one,
      answer((id) => scim(200, show(stored(all, id)))),
    ),
    create: http.post(
      `${BASE}${endpoint}`,
      answer((_, body) => {
        const created = { ...body, id: `${endpoint}-${all.size + 1}`.slice(1) };
        all.set(created.id, created);
        return scim(201, show(created));
      }),
    ),
    replace: http.put(
      one,
      answer((id, body) => {
        all.set(id, { ...body, id });
        return oddities.replaced?.() ?? scim(200, show(stored(all, id)));
      }),
    ),
    patch: http.patch(
      one,
      answer((id, body) => {
        const operations = body.Operations as Parameters<typeof applyPatch>[1];
        all.set(id, { ...applyPatch(stored(all, id), operations, type), id });
        return new HttpResponse(null, { status: 204 });
      }),
    ),
    delete: http.delete(
      one,
      answer((id) => {
        all.delete(id);
        return new HttpResponse(null, { status: 204 });
      }),
    ),
  };
  use(...oddities.methods.map((method) => handlers[method]));
  return all;
}

const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

function stored(all: ReadonlyMap<string, Stored>, id: string): Stored {
  const resource = all.get(id);
  if (resource === undefined) throw new Error(`no ${id}`);
  return resource;
}

/** What the filters `attribute eq "value"` find, which is all that these products understand. */
function found(filter: string | null, all: readonly Stored[]): readonly Stored[] {
  if (filter === null) return all;
  const [, name = "", value] = /^(\w+) eq "(.*)"$/.exec(filter) ?? [];
  return all.filter((resource) => resource[name] === value);
}

/** SCIM's own 404. */
export function notFound(): Response {
  return scim(404, { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: "404" });
}

/** A client whose waits are told and never waited. */
export function oddClient(options: Partial<ScimClientOptions> = {}): { client: ScimClient; waits: number[] } {
  const waits: number[] = [];
  const client = createScimClient({
    baseUrl: BASE,
    auth: bearerToken("token"),
    sleep: async (ms) => void waits.push(ms),
    random: () => 0.5,
    ...options,
  });
  return { client, waits };
}

/** What a provider pushes. */
export interface People {
  users: { id: string; userName: string; displayName?: string }[];
  groups: { id: string; displayName: string; members: string[] }[];
}

/** A provider of these people, whatever they are when it runs. */
export function oddProvider(client: ScimClient, people: People): Provider {
  return createProvider({
    name: "odd",
    client,
    directory: arrayDirectory({ users: () => people.users, groups: () => people.groups }),
    storage: memoryStorage(),
    sleep: async () => {},
  });
}
