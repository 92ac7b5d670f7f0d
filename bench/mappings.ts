import { defineMapping } from "scimkit";
import { providerVariables } from "scimkit/mapping";
import { celMapping } from "scimkit/mapping/cel";
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

const byText = celMapping({
  name: "text",
  side: "provider",
  properties: { surname: "string", given: "string", level: "number", mails: ["string"] },
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

/** What a mapping of seven attributes costs as text in CEL and as a function. */
export async function benchMappings(): Promise<Figure[]> {
  const variables = providerVariables({ type: userResourceType, object: person, provider: { name: "bench" } });
  const results = [byFunction, byText].map(({ expression }) => expression(variables));
  if (JSON.stringify(sorted(results[0])) !== JSON.stringify(sorted(results[1]))) {
    throw new RangeError("both mappings must give the same");
  }
  const times = await contest(
    [byFunction, byText].map(({ name, expression }) => ({
      name,
      run: () => {
        for (let number = 0; number < OBJECTS; number += 1) expression(variables);
      },
    })),
  );
  const [ours, theirs] = [timeOf(times, "text") / OBJECTS, timeOf(times, "function") / OBJECTS];
  return [
    {
      area: "Mappings: seven attributes of one object",
      what: "CEL, kept as text",
      against: "a function",
      ours,
      theirs,
    },
  ];
}

function sorted(value: unknown): unknown {
  return Object.entries(value as object).sort(([left], [right]) => (left < right ? -1 : 1));
}
