import { isScimError } from "../errors/scim-error.ts";
import { isTransportError } from "../errors/transport-error.ts";
import type { Resource } from "../protocol/resources.ts";
import type { EffectiveCapabilities } from "./profiles/capabilities.ts";
import type { ServiceProviderConfig } from "./profiles/discovery.ts";
import type { ListOptions, ListPage } from "./resources/list-pages.ts";

/** What a check of a connection has found. */
export type CheckState = "ok" | "odd" | "failed" | "skipped";

/** One check of a connection. */
export interface ConnectionCheck {
  readonly name: "connection" | "credentials" | "configuration" | "users" | "groups" | "filter";
  readonly state: CheckState;
  /** What was found, in a sentence. */
  readonly text: string;
  /** What to do about it. */
  readonly todo?: string;
}

/** The result of `test`. */
export interface ConnectionReport {
  /** Whether users can be read. */
  readonly ok: boolean;
  readonly checks: readonly ConnectionCheck[];
  readonly capabilities: EffectiveCapabilities;
}

/** The client of a resource type, as far as it lists. */
interface Listing {
  pages(query: ListOptions): AsyncGenerator<ListPage<Resource>, void, undefined>;
}

/** What the checks need of a client. */
export interface ConnectionTest {
  readonly config: () => Promise<ServiceProviderConfig>;
  readonly users: Listing;
  readonly groups: Listing;
  readonly newId: () => string;
  readonly signal: AbortSignal | undefined;
}

/** Tries a connection with a few reads, and says what was found. */
export async function testConnection(test: ConnectionTest): Promise<ConnectionReport> {
  const config = await test.config();
  const { capabilities } = config;
  const users = await firstPage(test.users, test);
  const reached = [reachability(users, config)].flat();
  if (users.error !== undefined && reached.some(({ state }) => state === "failed")) {
    return { ok: false, capabilities, checks: reached };
  }
  const checks: ConnectionCheck[] = [...reached, configurationCheck(config), listCheck("users", users)];
  checks.push(listCheck("groups", await firstPage(test.groups, test)));
  checks.push(users.error === undefined ? await filterCheck(test, users) : skipped("filter"));
  return { ok: users.error === undefined, capabilities, checks };
}

interface First {
  readonly page?: ListPage<Resource>;
  readonly error?: unknown;
}

async function firstPage(client: Listing, { signal }: ConnectionTest, filter?: string): Promise<First> {
  try {
    for await (const page of client.pages({
      pageSize: 1,
      maxPages: 1,
      signal,
      ...(filter === undefined ? {} : { filter }),
    })) {
      return { page };
    }
    return {};
  } catch (error) {
    return { error };
  }
}

/** Whether the service provider responds, and accepts the credentials. */
function reachability({ error }: First, { failure }: ServiceProviderConfig): ConnectionCheck[] {
  const first = error ?? failure;
  if (isTransportError(error)) {
    if (error.reason === "credentials") {
      return [
        skipped("connection"),
        failed("credentials", textOf(error), "Check the credentials and the authorization server"),
      ];
    }
    const todo =
      error.reason === "not-scim"
        ? "Check the base URL: it must lead to SCIM"
        : "Check the base URL, the network and the certificate";
    return [failed("connection", textOf(error), todo)];
  }
  if (isScimError(error) && (error.status === 401 || error.status === 403)) {
    const todo =
      error.status === 401 ? "Check the credentials, and whether they have expired" : "Allow the client to read users";
    return [ok("connection", "The service provider responds"), failed("credentials", textOf(error), todo)];
  }
  if (isScimError(error) && error.status === 404) {
    const todo = "Check the base URL: /Users must exist below it";
    return [failed("connection", `There are no users: ${textOf(error)}`, todo), skipped("credentials")];
  }
  const how =
    first === undefined ? "The service provider responds" : "The service provider responds, not to all requests";
  return [ok("connection", how), ok("credentials", "The credentials are accepted")];
}

function configurationCheck({ capabilities, failure, isCertain }: ServiceProviderConfig): ConnectionCheck {
  if (failure === undefined) {
    const able = (["patch", "filter", "sort", "bulk", "etag", "cursor"] as const).filter((name) => capabilities[name]);
    return ok("configuration", `Supported: ${able.length === 0 ? "nothing beyond the basics" : able.join(", ")}`);
  }
  const text = `The configuration could not be read: ${textOf(failure)}`;
  const todo = isCertain
    ? "Set the option capabilities to what the documentation of the product says"
    : "Try again later: until then the defaults apply, without PATCH";
  return { name: "configuration", state: "odd", text, todo };
}

function listCheck(name: "users" | "groups", { page, error }: First): ConnectionCheck {
  if (error !== undefined) {
    const isMissing = isScimError(error) && error.status === 404;
    if (name === "groups" && isMissing)
      return { name, state: "odd", text: "There are no groups", todo: "Push users only" };
    return failed(name, textOf(error), `Check the base URL, and the rights to read ${name}`);
  }
  const total = page?.total;
  if (page === undefined || total === undefined) {
    return {
      name,
      state: "odd",
      text: "Listings have no total",
      todo: "Nothing is concluded from what a listing lacks",
    };
  }
  if (page.resources.length > 1) {
    return { name, state: "odd", text: `${countOf(total, name)}; count is ignored`, todo: "Expect large responses" };
  }
  return ok(name, countOf(total, name));
}

async function filterCheck(test: ConnectionTest, users: First): Promise<ConnectionCheck> {
  const name = "filter";
  const { page, error } = await firstPage(test.users, test, `userName eq "${test.newId()}"`);
  if (error !== undefined) {
    const isNone = isScimError(error) && error.status === 404;
    if (isNone)
      return { name, state: "odd", text: "A filter without matches is a 404", todo: "This is taken for none" };
    return {
      name,
      state: "odd",
      text: `Filters by userName are rejected: ${textOf(error)}`,
      todo: "Users are matched by reading all of them",
    };
  }
  const found = page?.resources.length ?? 0;
  if (found === 0) return ok(name, "Users can be found by userName");
  const text = `A filter by a name that nobody has returns ${page?.total ?? found} of ${users.page?.total ?? "the"} users: filters are ignored`;
  return { name, state: "odd", text, todo: "Users are matched by reading all of them" };
}

const ok = (name: ConnectionCheck["name"], text: string): ConnectionCheck => ({ name, state: "ok", text });
const failed = (name: ConnectionCheck["name"], text: string, todo: string): ConnectionCheck => ({
  ...{ name, state: "failed", text, todo },
});
const skipped = (name: ConnectionCheck["name"]): ConnectionCheck => ({ name, state: "skipped", text: "Not tried" });

function countOf(total: number, name: "users" | "groups"): string {
  return total === 1 ? `There is 1 ${name.slice(0, -1)}` : `There are ${total} ${name}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown error";
}
