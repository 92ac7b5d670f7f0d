import { isDeepStrictEqual } from "node:util";
import { compileFilter as queryFilter } from "scim-query-filter-parser";
import { filter as scim2Matcher, parse as scim2Parse } from "scim2-parse-filter";
import { compileFilter, parseFilter } from "scimkit/filter";
import { userResourceType } from "scimkit/schema";
import SCIMMY from "scimmy";
import { contest, timeOf } from "./contest.ts";
import type { Figure } from "./figure.ts";
import { FILTERS, type FilterCase } from "./filter-cases.ts";
import { type Person, people } from "./people.ts";

/** How often all filters are parsed in one run. */
const TIMES = 50;

/** A library that reads filters and applies them. */
interface FilterLibrary {
  readonly name: string;
  parse(text: string): unknown;
  /** Ready to be applied many times. */
  compile(text: string): (users: readonly Person[]) => readonly Person[];
}

const OURS: FilterLibrary = {
  name: "ours",
  parse: (text) => parseFilter(text),
  compile: (text) => {
    const matches = compileFilter(parseFilter(text), userResourceType);
    return (users) => users.filter((user) => matches(user as unknown as Record<string, unknown>));
  },
};

const PEERS: readonly FilterLibrary[] = [
  {
    name: "scimmy",
    parse: (text) => new SCIMMY.Types.Filter(text),
    compile: (text) => {
      const compiled = new SCIMMY.Types.Filter(text);
      return (users) => compiled.match(users as Person[]);
    },
  },
  {
    name: "scim2-parse-filter",
    parse: (text) => scim2Parse(text),
    compile: (text) => {
      const matches = scim2Matcher(scim2Parse(text));
      return (users) => users.filter((user) => matches(user));
    },
  },
  {
    // It compiles as it parses, so that both are in its figure for parsing.
    name: "scim-query-filter-parser",
    parse: (text) => queryFilter(text),
    compile: (text) => {
      const matches = queryFilter(text);
      return (users) => users.filter((user) => matches(user));
    },
  },
];

/** Parsing, and applying what was parsed. A peer counts for a filter only if it finds whom the filter means. */
export async function benchFilters(): Promise<Figure[]> {
  const users = people(10_000);
  const right = new Map(PEERS.map((peer) => [peer, FILTERS.filter((each) => isRight(peer, each, users))]));
  for (const each of FILTERS) if (!isRight(OURS, each, users)) throw new Error(`Ours finds others for ${each.text}`);
  const figures: Figure[] = [];
  for (const peer of PEERS) figures.push(await parsing(peer, right.get(peer) ?? []));
  for (const each of FILTERS) {
    const peers = PEERS.filter((peer) => right.get(peer)?.includes(each) === true);
    figures.push(...(await applying(each, users, peers)));
  }
  return figures;
}

function isRight(library: FilterLibrary, { text, byHand }: FilterCase, users: readonly Person[]): boolean {
  try {
    return isDeepStrictEqual(idsOf(library.compile(text)(users)), idsOf(users.filter(byHand)));
  } catch {
    return false;
  }
}

const idsOf = (users: readonly Person[]): string[] => users.map(({ id }) => id);

async function parsing(peer: FilterLibrary, cases: readonly FilterCase[]): Promise<Figure> {
  const parseAll = (library: FilterLibrary) => (): void => {
    for (let time = 0; time < TIMES; time += 1) for (const { text } of cases) library.parse(text);
  };
  const contestants = [OURS, peer].map((library) => ({ name: library.name, run: parseAll(library) }));
  const times = await contest(contestants, { rounds: 15 });
  return {
    area: "Parsing filters",
    what: `the ${cases.length} of ${FILTERS.length} filters it reads rightly, one after the other`,
    against: peer.name,
    ours: timeOf(times, OURS.name) / TIMES,
    theirs: timeOf(times, peer.name) / TIMES,
    most: 0.5,
  };
}

async function applying(
  { text, byHand }: FilterCase,
  users: readonly Person[],
  peers: readonly FilterLibrary[],
): Promise<Figure[]> {
  const hand = { name: "by hand", run: () => users.filter(byHand) };
  const libraries = [OURS, ...peers].map((library) => {
    const apply = library.compile(text);
    return { name: library.name, run: () => apply(users) };
  });
  const times = await contest([hand, ...libraries], { rounds: 5, ms: 20 });
  return [hand.name, ...peers.map(({ name }) => name)].map((against) => ({
    area: "Filters over 10,000 users",
    what: `\`${text}\``,
    against,
    ours: timeOf(times, OURS.name),
    theirs: timeOf(times, against),
    most: against === hand.name ? 3 : 1,
  }));
}
