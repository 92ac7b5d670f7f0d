import { defineMapping } from "scimkit";
import { providerVariables } from "scimkit/mapping";
import { celMapping } from "scimkit/mapping/cel";
import { jsonataMapping, jsonataWorker } from "scimkit/mapping/jsonata";
import { userResourceType } from "scimkit/schema";
import { contest, timeOf } from "./contest.ts";
import type { Figure } from "./figure.ts";

/** So many objects are one run: the clock is no finer. */
const OBJECTS = 100;

interface Person {
  readonly [property: string]: unknown;
  readonly id: string;
  readonly userName: string;
  readonly surname: string;
  readonly given: string;
  readonly level: number;
  readonly mails: readonly string[];
}

const person: Person = {
  id: "1",
  userName: "Ada@Example.com",
  surname: "Lovelace",
  given: "Ada",
  level: 3,
  mails: ["ada@example.com", "countess@example.org"],
};

const byFunction = defineMapping<{ user: Person }>({
  name: "function",
  expression: ({ user }) => ({
    userName: user.userName.toLowerCase(),
    name: { givenName: user.given, familyName: user.surname },
    displayName: `${user.given} ${user.surname}`,
    title: user.level > 2 ? "senior" : "junior",
    active: user.mails.some((mail) => mail.endsWith("@example.com")),
    emails: user.mails.map((mail) => ({ value: mail, type: "work" })),
  }),
});

const properties = { surname: "string", given: "string", level: "number", mails: ["string"] } as const;

const byCel = celMapping({
  name: "CEL",
  side: "provider",
  properties,
  attributes: {
    userName: "user.userName.lowerAscii()",
    "name.givenName": "user.given",
    "name.familyName": "user.surname",
    displayName: "user.given + ' ' + user.surname",
    title: "user.level > 2 ? 'senior' : 'junior'",
    active: "user.mails.exists(m, m.endsWith('@example.com'))",
    emails: "user.mails.map(m, {'value': m, 'type': 'work'})",
  },
});

function byJsonata(worker: ReturnType<typeof jsonataWorker>): typeof byCel {
  return jsonataMapping({
    name: "JSONata",
    side: "provider",
    worker,
    properties,
    attributes: {
      userName: "$lowercase(user.userName)",
      "name.givenName": "user.given",
      "name.familyName": "user.surname",
      displayName: "user.given & ' ' & user.surname",
      title: "user.level > 2 ? 'senior' : 'junior'",
      active: "true in user.mails.$contains(/@example[.]com$/)",
      emails: "user.mails.{'value': $, 'type': 'work'}",
    },
  });
}

/** What a mapping of seven attributes costs as text, in CEL and in JSONata, and as a function. */
export async function benchMappings(): Promise<Figure[]> {
  const worker = jsonataWorker();
  const mappings = [byFunction, byCel, byJsonata(worker)];
  const variables = providerVariables({ type: userResourceType, object: person, provider: { name: "bench" } });
  const results = await Promise.all(mappings.map(({ expression }) => expression(variables)));
  if (new Set(results.map((result) => JSON.stringify(sorted(result)))).size !== 1) {
    throw new RangeError("all mappings must give the same");
  }
  // All objects of a run are mapped at once, as a sync does it with those of a page.
  const times = await contest(
    mappings.map(({ name, expression }) => ({
      name,
      run: async () => {
        const running: unknown[] = [];
        for (let number = 0; number < OBJECTS; number += 1) running.push(expression(variables));
        await Promise.all(running);
      },
    })),
  );
  await worker.close();
  const theirs = timeOf(times, "function") / OBJECTS;
  return ["CEL", "JSONata"].map((name) => ({
    area: "Mappings: seven attributes of one object",
    what: `${name}, kept as text`,
    against: "a function",
    ours: timeOf(times, name) / OBJECTS,
    theirs,
  }));
}

function sorted(value: unknown): unknown {
  return Object.entries(value as object).sort(([left], [right]) => (left < right ? -1 : 1));
}
