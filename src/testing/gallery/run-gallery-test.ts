import { isObject } from "../../values/is-object.ts";
import { ContractViolation } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import { Connection, type SimulationOptions } from "../identity-providers/connection.ts";
import type { SimulatedExchange, SimulatedFetch } from "../identity-providers/exchange.ts";
import { Judge } from "../identity-providers/judge.ts";
import type { SimulatedIdentityProvider } from "../identity-providers/simulated-identity-provider.ts";
import type { ActionStep, Expectation, GalleryTest, RequestStep } from "./gallery-test.ts";

/** The SCIM endpoint that a gallery tests. */
export interface GalleryTarget extends Pick<SimulationOptions, "baseUrl" | "token" | "oauth"> {
  readonly fetch: SimulatedFetch;
}

/** A gallery: its product, the headers of its own requests, and its tests. */
export interface Gallery {
  readonly simulate: (fetch: SimulatedFetch, options: SimulationOptions) => SimulatedIdentityProvider;
  readonly headers: Readonly<Record<string, string>>;
}

/** A test that runs. */
interface Running {
  readonly provider: SimulatedIdentityProvider;
  readonly connection: Connection;
  readonly variables: Map<string, string>;
}

/** The target with the credentials that a test needs, if it is about credentials. */
function withCredentials(target: GalleryTarget, needs: GalleryTest["needs"]): GalleryTarget {
  const { oauth } = target;
  if (needs === undefined) return target;
  if (needs === "federation") {
    appliesIf(oauth?.assertion !== undefined, "the target is without federation");
    return { ...target, token: undefined };
  }
  appliesIf(oauth?.clientSecret !== undefined, "the target is without a client secret");
  return { ...target, token: undefined, oauth: { ...oauth, assertion: undefined } };
}

/** Runs a test. What it created is deleted at its end. */
export async function runGalleryTest(gallery: Gallery, test: GalleryTest, given: GalleryTarget): Promise<void> {
  const target = withCredentials(given, test.needs);
  const judge = new Judge({ name: "The gallery", consequences: {} });
  const rnd = crypto.randomUUID().slice(0, 8);
  const running: Running = {
    provider: gallery.simulate(target.fetch, target),
    connection: new Connection(target.fetch, gallery, { ...target, judge }),
    variables: new Map([
      ["rnd", rnd],
      ["RND", rnd.toUpperCase()],
    ]),
  };
  try {
    for (const step of test.steps) await ("action" in step ? act(running, step) : request(running, step));
  } finally {
    await cleanUp(running);
  }
}

async function act({ provider, variables }: Running, step: ActionStep): Promise<void> {
  const perform: (...values: never[]) => Promise<unknown> = provider[step.action];
  const result = await perform(...(filled(step.with, variables) as never[]));
  if (step.save !== undefined) variables.set(step.save, String(result));
}

async function request({ connection, variables }: Running, step: RequestStep): Promise<void> {
  const { times = 1 } = step;
  for (let index = 1; index <= times; index += 1) {
    variables.set("index", String(index));
    const { method, path, headers, body, expect, save = {} } = filled(step, variables);
    const exchange = await connection.send({ method, path: encodeQuery(path), headers, body });
    check(exchange, expect);
    for (const [variable, at] of Object.entries(save)) variables.set(variable, String(valueAt(exchange.body, at)));
  }
}

/** @throws {ContractViolation} */
function check(
  exchange: SimulatedExchange,
  { status, match, present = [], absent = [], numbers = [] }: Expectation,
): void {
  const { body } = exchange;
  const fail = (problem: string): never => {
    const request = `${exchange.method} ${decodeURIComponent(exchange.path)}`;
    throw new ContractViolation(
      `${request}: ${problem}. The response: ${exchange.status} ${exchange.text.slice(0, 300)}`,
    );
  };
  if (!status.includes(exchange.status)) fail(`the status is not ${status.join(" or ")}`);
  const difference = match === undefined ? undefined : differenceOf(match, body, "");
  if (difference !== undefined) fail(difference);
  for (const path of present) if (isEmpty(valueAt(body, path))) fail(`${path} has no value`);
  for (const path of absent) if (!isEmpty(valueAt(body, path))) fail(`${path} has a value`);
  for (const path of numbers) if (typeof valueAt(body, path) !== "number") fail(`${path} is not a number`);
}

/** Where a value does not have what is wanted. */
function differenceOf(wanted: unknown, value: unknown, path: string): string | undefined {
  const place = path === "" ? "the body" : path;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(value)) return `${place} is not an array`;
    const missing = wanted.find((one) => value.every((element) => differenceOf(one, element, "") !== undefined));
    return missing === undefined ? undefined : `${place} has no element like ${JSON.stringify(missing)}`;
  }
  if (!isObject(wanted)) return wanted === value ? undefined : `${place} is not ${JSON.stringify(wanted)}`;
  if (!isObject(value)) return `${place} is not an object`;
  for (const [name, one] of Object.entries(wanted)) {
    const difference = differenceOf(one, value[name], path === "" ? name : `${path}/${name}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function valueAt(body: unknown, path: string): unknown {
  return path.split("/").reduce<unknown>((value, name) => {
    if (Array.isArray(value)) return value[Number(name)];
    return isObject(value) ? value[name] : undefined;
  }, body);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Puts variables into all texts of a value. */
function filled<T>(value: T, variables: ReadonlyMap<string, string>): T {
  const text = JSON.stringify(value).replaceAll(
    /\{\{(\w+)\}\}/g,
    (whole, name: string) => variables.get(name) ?? whole,
  );
  return JSON.parse(text) as T;
}

function encodeQuery(path: string): string {
  return path.replace(/(filter=)([^&]*)/, (_, name: string, filter: string) => `${name}${encodeURIComponent(filter)}`);
}

/** Deletes what was created, the last first; what is already deleted is a 404. */
async function cleanUp({ provider, connection }: Running): Promise<void> {
  const all = [...provider.exchanges, ...connection.exchanges];
  for (const { method, path, status, body } of all.reverse()) {
    const id = isObject(body) ? body.id : undefined;
    if (method !== "POST" || status >= 300 || typeof id !== "string") continue;
    await connection.send({ method: "DELETE", path: `${path}/${id}` });
  }
}
