import { createScimHandler, createSource, memoryStorage, type ScimHandler, UnauthorizedError } from "scimkit";
import { bearerTokenOf } from "scimkit/server";
import { contest, timeOf } from "./contest.ts";
import type { Figure } from "./figure.ts";
import { newPerson } from "./people.ts";

const USERS = 1_000;
/** So many requests are one run: the clock is no finer. */
const REQUESTS = 20;
/** The aim: a source may take so many times as long as a handler that compares one text. */
const MOST = 1.5;

interface Side {
  readonly name: string;
  readonly handler: ScimHandler;
  readonly url: string;
  readonly token: string;
}

type Read = (side: Side, number: number) => Promise<void>;

/** A handler without anything around it. */
function bare(): Side {
  const handler = createScimHandler({
    storage: memoryStorage(),
    baseUrl: "https://app.example/scim/v2",
    authenticate: (request) => {
      if (bearerTokenOf(request) !== "bench") throw new UnauthorizedError();
      return { id: "bench", tenant: "bench", rights: "write" };
    },
  });
  return { name: "a bare handler", handler, url: "https://app.example/scim/v2", token: "bench" };
}

/** Sources, each with another credential in use. */
async function sources(): Promise<readonly Side[]> {
  const open = (options: { readonly requestLog?: false; readonly history?: false } = {}) =>
    createSource({ slug: "bench", baseUrl: "https://app.example", storage: memoryStorage(), ...options });
  const [withToken, withOAuth, quiet] = [open(), open(), open({ requestLog: false, history: false })];
  const { clientId, clientSecret } = await withOAuth.oauthClients.issue({ name: "bench" });
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
  });
  const answer = await withOAuth.fetch(new Request(withOAuth.tokenUrl, { method: "POST", body }));
  const { access_token: access } = (await answer.json()) as { access_token: string };
  const side = (name: string, { fetch: handler, baseUrl: url }: typeof quiet, token: string): Side => ({
    ...{ name, handler, url, token },
  });
  return [
    side("a source, static token", withToken, (await withToken.tokens.issue({ name: "bench" })).token),
    side("a source, OAuth access token", withOAuth, access),
    side("the same, without log and history", quiet, (await quiet.tokens.issue({ name: "bench" })).token),
  ];
}

async function send({ handler, url, token }: Side, path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
  const init = body === undefined ? { headers } : { headers, method: "POST", body: JSON.stringify(body) };
  const response = await handler(new Request(url + path, init));
  if (!response.ok) throw new Error(`${response.status} for ${path}`);
  return (await response.json()) as Record<string, unknown>;
}

/** What the credentials of a source cost in a request, beside a handler without anything around it. */
export async function benchCredentials(): Promise<Figure[]> {
  const sides = [bare(), ...(await sources())];
  const ids = new Map<string, string[]>();
  for (const side of sides) {
    const own: string[] = [];
    for (let index = 0; index < USERS; index += 1) own.push(String((await send(side, "/Users", newPerson(index))).id));
    ids.set(side.name, own);
  }
  const reads: Readonly<Record<string, Read>> = {
    "GET by id": async (side, number) => void (await send(side, `/Users/${ids.get(side.name)?.[number % USERS]}`)),
    "GET by filter": async (side, number) => {
      const filter = encodeURIComponent(`userName eq "${newPerson(number % USERS).userName}"`);
      await send(side, `/Users?filter=${filter}`);
    },
  };
  const figures: Figure[] = [];
  for (const [operation, read] of Object.entries(reads)) figures.push(...(await compare(operation, read, sides)));
  return figures;
}

async function compare(operation: string, read: Read, sides: readonly Side[]): Promise<Figure[]> {
  let number = 0;
  const run = (side: Side) => async (): Promise<void> => {
    for (let request = 0; request < REQUESTS; request += 1) {
      number += 1;
      await read(side, number);
    }
  };
  const times = await contest(
    sides.map((side) => ({ name: side.name, run: run(side) })),
    { rounds: 9, ms: 150 },
  );
  const [first, ...others] = sides;
  return others.map(({ name }) => ({
    area: `Credentials: processor time for a ${operation}, without a network`,
    what: name,
    against: first?.name ?? "",
    ours: timeOf(times, name) / REQUESTS,
    theirs: timeOf(times, first?.name ?? "") / REQUESTS,
    most: MOST,
  }));
}
