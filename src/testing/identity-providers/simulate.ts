import { URN } from "../../protocol/urns.ts";
import { Connection, type SimulationOptions } from "./connection.ts";
import type { SimulatedFetch } from "./exchange.ts";
import { Judge } from "./judge.ts";
import type { Probe, Product } from "./product.ts";
import { SimulatedGroups } from "./simulated-groups.ts";
import type { SimulatedIdentityProvider, UserListing } from "./simulated-identity-provider.ts";
import { SimulatedUsers, type SimulationContext } from "./simulated-users.ts";

interface Parts {
  readonly product: Product;
  readonly context: SimulationContext;
  readonly users: SimulatedUsers;
  readonly groups: SimulatedGroups | undefined;
}

function partsOf(fetch: SimulatedFetch, product: Product, options: SimulationOptions): Parts {
  const { baseUrl, verify = true, randomUuid = () => crypto.randomUUID() } = options;
  if (!URL.canParse(baseUrl)) throw new TypeError(`baseUrl must be an absolute URL, not ${JSON.stringify(baseUrl)}`);
  const judge = new Judge(product);
  const connection = new Connection(fetch, product, { ...options, baseUrl: baseUrl.replace(/\/$/, ""), judge });
  const context = { connection, judge, verify, randomUuid };
  const groups = product.group && new SimulatedGroups(context, product.group);
  return { product, context, users: new SimulatedUsers(context, product.user), groups };
}

/** Simulates a product. What the product does not do is a `TypeError`. */
export function simulate(
  fetch: SimulatedFetch,
  product: Product,
  options: SimulationOptions,
): SimulatedIdentityProvider & UserListing {
  const parts = partsOf(fetch, product, options);
  const { context, users } = parts;
  const groups = (): SimulatedGroups => {
    if (parts.groups === undefined) throw new TypeError(`${product.name} does not provision groups`);
    return parts.groups;
  };
  return {
    name: product.name,
    exchanges: context.connection.exchanges,
    testConnection: async () => {
      for (const probe of product.probes) await sendProbe(context, probe);
      if (product.hasTestObjects === true) await tryObjects(context, users, groups());
    },
    provision: (user) => users.provision(user),
    change: (id, changes) => users.change(id, changes),
    rename: (id, userName) => users.change(id, { userName }),
    deactivate: (id) => users.deactivate(id),
    reactivate: (id) => users.change(id, { active: true }),
    delete: (id) => users.delete(id),
    restore: (id) => users.restore(id),
    listUsers: (count = 100) => listUsers(context, product, count),
    provisionGroup: async (group) => groups().provision(group),
    changeMembers: async (id, change) => groups().changeMembers(id, change),
    renameGroup: async (id, displayName) => groups().rename(id, displayName),
    deleteGroup: async (id) => groups().delete(id),
  };
}

async function sendProbe({ connection, judge, randomUuid }: SimulationContext, probe: Probe): Promise<void> {
  const exchange = await connection.send({ method: "GET", path: probe.path.replace("{guid}", randomUuid()) });
  if (probe.returns === "resource") {
    judge.reached(exchange);
    judge.expect("read", exchange, exchange.status === 200 || `the status is ${exchange.status}`);
    return;
  }
  const { length } = judge.list(exchange);
  const isExpected = probe.returns === "list" || length === 0;
  judge.expect("empty", exchange, isExpected || `it has ${length} resources`);
}

/** Creates a user and a group, changes them, and deletes them. */
async function tryObjects(context: SimulationContext, users: SimulatedUsers, groups: SimulatedGroups): Promise<void> {
  const name = context.randomUuid();
  const email = `${name}@example.com`;
  const user = await users.provision({ userName: email, email, givenName: "Test", familyName: "User" });
  await users.change(user, { givenName: "Changed" });
  const group = await groups.provision({ displayName: `Test ${name}`, members: [user] });
  await groups.changeMembers(group, { remove: [user] });
  await groups.delete(group);
  await users.delete(user);
}

async function listUsers(
  { connection, judge }: SimulationContext,
  { name, page }: Product,
  count: number,
): Promise<readonly string[]> {
  if (page === undefined) throw new TypeError(`${name} does not list users`);
  const ids: string[] = [];
  for (;;) {
    const startIndex = ids.length + 1;
    const exchange = await connection.send({ method: "GET", path: `/Users?${page(startIndex, count)}` });
    const resources = judge.list(exchange);
    const body = exchange.body as { readonly totalResults?: number; readonly startIndex?: number } | undefined;
    const { totalResults = 0, startIndex: shown = 1 } = body ?? {};
    judge.expect("paging", exchange, shown === startIndex || `startIndex is ${shown}, not ${startIndex}`);
    for (const resource of resources) {
      judge.expect("schemas", exchange, hasSchema(resource.schemas) || "a resource is not a User");
      const id = String(resource.id);
      judge.expect("paging", exchange, !ids.includes(id) || `${id} is on two pages`);
      if (!ids.includes(id)) ids.push(id);
    }
    if (ids.length >= totalResults) return ids;
    judge.expect("paging", exchange, startIndex <= ids.length || `the page is empty, before ${totalResults} resources`);
    if (ids.length < startIndex) return ids;
  }
}

function hasSchema(schemas: unknown): boolean {
  return Array.isArray(schemas) && schemas.includes(URN.user);
}
