import { resolveFilter } from "../../filter/resolve-filter.ts";
import type { ResolvedFilter } from "../../filter/resolved.ts";
import { parseFilter } from "../../path/parse-filter.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { defineResourceType } from "../../schema/defining/define-resource-type.ts";
import { defineSchema } from "../../schema/defining/define-schema.ts";
import type { StoredResource } from "../../storage/stored-resource.ts";
import { at, userOf } from "./contract-data.ts";

const BADGE = "urn:example:contract:2.0:Badge";

/**
 * Users with attributes of every type and form, as an application could define them. The type is called `User`, so that
 * a storage that has only users and groups can store them.
 */
export const oddUserType: ResourceType = defineResourceType({
  name: "User",
  endpoint: "/Users",
  schema: defineSchema({
    id: "urn:example:contract:2.0:User",
    attributes: [
      { name: "userName", uniqueness: "server" },
      { name: "text" },
      { name: "exact", caseExact: true },
      { name: "flag", type: "boolean" },
      { name: "count", type: "integer" },
      { name: "ratio", type: "decimal" },
      { name: "since", type: "dateTime" },
      { name: "bytes", type: "binary" },
      { name: "link", type: "reference" },
      { name: "tags", multiValued: true },
      { name: "name", type: "complex", subAttributes: [{ name: "formal" }, { name: "nick", caseExact: true }] },
      {
        name: "items",
        type: "complex",
        multiValued: true,
        subAttributes: [
          { name: "value" },
          { name: "type", caseExact: true },
          { name: "primary", type: "boolean" },
          { name: "rank", type: "integer" },
        ],
      },
    ],
  }),
  extensions: [
    {
      schema: defineSchema({
        id: BADGE,
        attributes: [
          { name: "badge" },
          { name: "boss", type: "complex", subAttributes: [{ name: "value", caseExact: true }, { name: "title" }] },
        ],
      }),
    },
  ],
});

/** A filter on odd users. */
export function oddFilter(text: string): ResolvedFilter {
  return resolveFilter(parseFilter(text), oddUserType);
}

/** Filters of the whole grammar, by what they test. */
export const ODD_FILTERS: Readonly<Record<"strings" | "ordering" | "presence" | "elements", readonly string[]>> = {
  strings: [
    ...[
      "straße",
      "STRASSE",
      "strasse",
      "é",
      "e\u0301",
      "É",
      "istanbul",
      "İSTANBUL",
      "100%_\\'",
      "",
      "\u{1f600}",
    ].flatMap((text) => [`text eq ${JSON.stringify(text)}`, `exact eq ${JSON.stringify(text)}`]),
    'text ne "strasse"',
    'exact ne "STRASSE"',
    'text co "ST"',
    'exact co "ST"',
    'text co "%"',
    'text co "_"',
    'text co "\\\\"',
    'text co "\'"',
    'text sw "str"',
    'exact sw "str"',
    'text ew "SSE"',
    'exact ew "SSE"',
    'text co ""',
    'userName sw "ODD-1"',
    'id eq "u-odd-1"',
    'id eq "U-ODD-1"',
    'externalId eq "e1"',
    'externalId eq "E1"',
    'link eq "https://example.com/A"',
    'link co "EXAMPLE"',
    'bytes eq "AAAA"',
  ],
  ordering: [
    ...["gt", "ge", "lt", "le"].flatMap((operator) => [
      `text ${operator} "strasse"`,
      `exact ${operator} "STRASSE"`,
      `count ${operator} 9`,
      `ratio ${operator} 0.1`,
      `since ${operator} "2026-01-01T00:00:00Z"`,
      `meta.lastModified ${operator} "${at(7)}"`,
    ]),
    "count eq 10",
    "count eq 9007199254740991",
    "count ne 0",
    "ratio eq 0.1",
    "ratio eq 1e21",
    "ratio eq 1e-7",
    'since eq "2026-01-01T01:00:00+01:00"',
    'since ne "2026-01-01T00:00:00Z"',
    'since gt "2026-01-01T00:00:00.1234566Z"',
    `meta.created eq "${at(3)}"`,
    "flag eq true",
    "flag eq false",
    "flag ne true",
  ],
  presence: [
    ...["text", "flag", "count", "since", "tags", "name", "name.nick", "items", "items.value", "meta", "id"].map(
      (path) => `${path} pr`,
    ),
    "not (text pr)",
    "text eq null",
    "text ne null",
    "items eq null",
    "items[value pr]",
    "items[not (value pr)]",
    "tags[value pr]",
    `${BADGE}:badge pr`,
    `${BADGE}:boss pr`,
    `${BADGE}:boss.title pr`,
  ],
  elements: [
    'tags eq "A"',
    'tags ne "a"',
    'tags co "b"',
    'tags[value sw "B"]',
    'name.formal eq "x"',
    'name.nick eq "x"',
    'items eq "a@x"',
    'items.value eq "A@X"',
    'items.value ne "a@x"',
    'items.type eq "work" and items.value eq "a@x"',
    'items[type eq "work" and value eq "a@x"]',
    'items[type eq "WORK"]',
    'items[type eq "work" and not (value eq "a@x")]',
    'items[type eq "work" or rank gt 1]',
    'items[type ne "work"]',
    "items[primary eq true]",
    'not (items[type eq "work"])',
    "items.rank ge 2",
    'items[value sw "a" and rank eq 1]',
    `${BADGE}:badge eq "7"`,
    `${BADGE}:boss eq "b1"`,
    `${BADGE}:boss.value eq "B1"`,
    `${BADGE}:boss.value ne "b1"`,
  ],
};

/** All filters, and combinations of them by `and`, `or` and `not`: the same in every run. */
export function combinedFilters(): string[] {
  const all = Object.values(ODD_FILTERS).flat();
  const other = (index: number, step: number) => all[(index * step + 11) % all.length] ?? "";
  return all.flatMap((filter, index) => {
    if (index % 2 === 0) return [`${filter} and ${other(index, 5)}`, `not (${filter}) and ${other(index, 7)}`];
    return [`${filter} or ${other(index, 3)}`, `not (${filter} or ${other(index, 13)}) and text pr`];
  });
}

const ODD_ATTRIBUTES: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { text: "", exact: "", tags: [], items: [], name: {}, externalId: "e1" },
  {
    text: null,
    exact: null,
    flag: null,
    count: null,
    since: null,
    tags: [null],
    items: [null],
    name: null,
    [BADGE]: null,
  },
  { text: "Straße", exact: "Straße", externalId: "E1" },
  { text: "STRASSE", exact: "STRASSE" },
  { text: "strasse", exact: "strasse", count: 9 },
  { text: "İstanbul", exact: "İstanbul" },
  { text: "istanbul", exact: "istanbul", count: 10 },
  { text: "e\u0301", exact: "e\u0301" },
  { text: "É", exact: "É" },
  { text: "100%_\\'", exact: "100%_\\'" },
  { text: "100 percent", exact: "1000" },
  { text: "\u{1f600}", exact: "\u{1f600}" },
  { flag: true, count: 0, ratio: 0.1, since: "2026-01-01T00:00:00Z", bytes: "AAAA" },
  { flag: false, count: -1, ratio: -0.5, since: "2026-01-01T01:00:00+01:00", bytes: "aaaa" },
  { count: 9007199254740991, ratio: 1e21, since: "2026-01-01T00:00:00.1234567Z", link: "https://example.com/A" },
  { count: 100, ratio: 1e-7, since: "2025-12-31T23:59:59.999Z", link: "https://example.com/a" },
  {
    items: [
      { value: "a@x", type: "work", primary: true, rank: 1 },
      { value: "b@x", type: "home", rank: 2 },
    ],
    tags: ["a", "B"],
  },
  {
    items: [
      { value: "b@x", type: "work" },
      { value: "a@x", type: "home", primary: true },
    ],
    tags: ["b"],
  },
  { items: [{ value: "A@X" }], tags: [""] },
  { items: [{ type: "work" }], name: { nick: "x" } },
  { items: [{}], name: { formal: "X", nick: "X" } },
  { items: [{ value: null, type: null }, null, { value: "", rank: 0 }], name: { formal: null } },
  { [BADGE]: { badge: "7", boss: { value: "b1", title: "" } } },
  { [BADGE]: { badge: null, boss: { value: "B1" } } },
  { [BADGE]: {}, tags: ["ab", "A"] },
];

/** Users with every unusual form of value that a schema accepts, in the order of their listing. */
export function oddUsers(): StoredResource[] {
  return ODD_ATTRIBUTES.map((attributes, n) =>
    userOf(`odd-${n}`, {
      created: at(n),
      lastModified: at(n % 13),
      attributes: { userName: `odd-${n}`, ...attributes },
    }),
  );
}
