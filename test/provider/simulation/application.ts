import { bearerToken, createScimClient, type ScimClient } from "scimkit/client";
import { createScimHandler, type ScimHandler } from "scimkit/server";
import { memoryStorage } from "scimkit/storage";
import { PATCH_OP } from "../../helpers/scim-app.ts";
import { Dead, type Life } from "./mortal-storage.ts";
import type { Random } from "./random.ts";

const BASE_URL = "https://remote.example/scim/v2";
/** How long a look-up may lack what was just made, in milliseconds. */
const STALE_MS = 500;

export type Shown = Record<string, unknown> & { id: string };

/** An application on the other side of a bad network: our own service provider, with faults on the way. */
export class Application {
  /** The share of requests that go wrong. */
  faulty = 0;
  /** Told of each request before it takes effect. */
  before: (request: { method: string; path: string; body: Record<string, unknown> }) => Promise<void> = async () => {};
  /** Writes that arrived. */
  writes: string[] = [];
  private readonly handler: ScimHandler;
  private readonly random: Random;
  private readonly clock: { now: number };
  private readonly fresh: Map<string, number> = new Map();

  constructor(random: Random, clock: { now: number }) {
    this.random = random;
    this.clock = clock;
    this.handler = createScimHandler({
      storage: memoryStorage(),
      baseUrl: BASE_URL,
      authenticate: () => ({ id: "us", tenant: "them", rights: "write" }),
    });
  }

  client(life: Life, options: { patch: boolean }): ScimClient {
    return createScimClient({
      baseUrl: BASE_URL,
      auth: bearerToken("token"),
      sleep: async () => {},
      random: () => 0,
      retry: { attempts: 1 },
      now: () => this.clock.now,
      ...(options.patch ? {} : { capabilities: { patch: false } }),
      fetch: (request) => this.receive(request, life),
    });
  }

  async send(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await this.handler(
      new Request(`${BASE_URL}${path}`, {
        method,
        headers: { "content-type": "application/scim+json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    return response;
  }

  async all(endpoint: "/Users" | "/Groups"): Promise<Shown[]> {
    const answer = (await (await this.send("GET", `${endpoint}?count=1000`)).json()) as { Resources: Shown[] };
    return answer.Resources;
  }

  /** What people over there do: an attribute, a member. */
  patch(path: string, operation: object): Promise<Response> {
    return this.send("PATCH", path, { schemas: [PATCH_OP], Operations: [operation] });
  }

  private async receive(request: Request, life: Life): Promise<Response> {
    if (life.dead) throw new Dead("dead");
    this.clock.now += 10;
    const text = await request.clone().text();
    const path = new URL(request.url).pathname.replace("/scim/v2", "");
    const body = text === "" ? {} : JSON.parse(text);
    if (request.method !== "GET") await this.before({ method: request.method, path, body });
    const fault = this.random.chance(this.faulty) ? this.random.below(8) : undefined;
    switch (fault) {
      case 0:
        throw new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code: "ECONNREFUSED" }) });
      case 1:
        throw new TypeError("fetch failed", { cause: new Error("reset before it arrived") });
      case 2:
        return error(500);
      case 3:
        return error(429);
      case 4:
        if (request.method === "GET" && /^\/\w+\/./.test(path)) return error(404);
        break;
      case 5:
        await this.act(request);
        return error(500);
      case 6:
        await this.act(request);
        throw new TypeError("fetch failed", { cause: new Error("reset before it answered") });
      case 7:
        if (this.random.chance(0.5)) await this.act(request);
        life.dead = true;
        throw new Dead("died while it waited for an answer");
    }
    return this.act(request);
  }

  private async act(request: Request): Promise<Response> {
    if (request.method !== "GET") this.writes.push(`${request.method} ${new URL(request.url).pathname}`);
    const response = await this.handler(request);
    if (request.method === "POST" && response.status === 201) {
      const { id } = (await response.clone().json()) as Shown;
      this.fresh.set(id, this.clock.now + STALE_MS);
    }
    return new URL(request.url).searchParams.has("filter") && this.faulty > 0 ? this.stale(response) : response;
  }

  /** A look-up in an index that lags behind. */
  private async stale(response: Response): Promise<Response> {
    if (response.status !== 200) return response;
    const list = (await response.json()) as { Resources?: Shown[] };
    const Resources = (list.Resources ?? []).filter(({ id }) => (this.fresh.get(id) ?? 0) <= this.clock.now);
    return Response.json({ ...list, Resources, totalResults: Resources.length, itemsPerPage: Resources.length });
  }
}

function error(status: number): Response {
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
  return Response.json({ schemas, status: String(status) }, { status });
}
