import fc from "fast-check";
import { GROUP, PATCH_OP, USER } from "../helpers/scim-app.ts";

const BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/** A request that is permitted by its form, and is meant to cost as much as it can. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: Record<string, unknown>;
}

/** What the generator knows of the data. */
export interface HostileData {
  readonly hugeUser: string;
  readonly bigGroup: string;
  readonly deepGroup: string;
}

const texts = fc.constantFrom("a", "é", "user", "Ⅷ", "zz", "0", "é".repeat(40));
const userTerms = fc
  .tuple(
    fc.constantFrom(
      ...["userName", "title", "name.familyName", "emails.value", "emails[value", "emails[type", "externalId"],
      ...["groups.display", "groups.value", "meta.created", "displayName", "roles.value", "id"],
    ),
    fc.constantFrom("co", "sw", "ew", "eq", "ne", "gt", "le"),
    texts,
  )
  .map(([path, operator, text]) => {
    const literal = path === "meta.created" ? "2026-01-01T00:00:00Z" : text;
    const usable = path === "meta.created" && ["co", "sw", "ew"].includes(operator) ? "gt" : operator;
    return `${path} ${usable} "${literal}"${path.includes("[") ? "]" : ""}`;
  });
const groupTerms = fc
  .tuple(
    fc.constantFrom("members", "members.display", "members.value", "displayName", "groups.display", "members.type"),
    fc.constantFrom("lt", "co", "ne", "eq", "ew"),
    texts,
  )
  .map(([path, operator, text]) => `${path} ${operator} "${text}"`);

/** Hundreds of terms, of which nearly none holds, so that all of them are compared. */
const filtersOf = (terms: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(terms, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom(" or ", " and "),
    )
    .map(([some, times, joined]) => {
      const each = some.join(joined);
      const most = Math.max(1, Math.min(times, Math.floor(9000 / (each.length + 12))));
      return Array.from({ length: most }, (_, index) => (index % 7 === 0 ? `not (${each})` : `(${each})`)).join(joined);
    });

const lists = (endpoint: string, filters: fc.Arbitrary<string>): fc.Arbitrary<HostileRequest> =>
  fc
    .record(
      {
        filter: filters,
        sortBy: fc.constantFrom("title", "emails.value", "displayName", "meta.lastModified", "id"),
        count: fc.constantFrom("500", "1", "0"),
        startIndex: fc.constantFrom("1", "290", "9999"),
        cursor: fc.constant(""),
      },
      { requiredKeys: [], noNullPrototype: true },
    )
    .map((query) => ({ method: "GET", path: `${endpoint}?${new URLSearchParams(query)}` }));

const patches = ({ hugeUser, bigGroup }: HostileData): fc.Arbitrary<HostileRequest> => {
  const values = fc
    .integer({ min: 1, max: 3000 })
    .map((n) => Array.from({ length: n }, (_, index) => ({ value: `é${index}@example.com`, type: "other" })));
  const terms = fc
    .tuple(fc.integer({ min: 1, max: 200 }), texts)
    .map(([n, text]) => Array.from({ length: n }, (_, index) => `value co "${text}${index}"`).join(" or "));
  const ofUser = fc.oneof(
    values.map((value) => ({ op: "add", path: "emails", value })),
    terms.map((filter) => ({ op: "remove", path: `emails[${filter}]` })),
    terms.map((filter) => ({ op: "replace", path: `emails[${filter}].display`, value: "x".repeat(1000) })),
    fc.constant({ op: "replace", path: "title", value: "é".repeat(200_000) }),
  );
  const ofGroup = fc.oneof(
    terms.map((filter) => ({ op: "remove", path: `members[${filter.replaceAll("value", "display")}]` })),
    fc.integer({ min: 1, max: 50 }).map((n) => ({ op: "remove", path: `members[value eq "m${n}"]` })),
  );
  const requestOf = (path: string, schemas: string) => (Operations: readonly unknown[]) => ({
    method: "PATCH",
    path: `${path}?attributes=id`,
    body: { schemas: [schemas], Operations },
  });
  return fc.oneof(
    fc.array(ofUser, { minLength: 1, maxLength: 8 }).map(requestOf(`/Users/${hugeUser}`, PATCH_OP)),
    fc.array(ofGroup, { minLength: 1, maxLength: 8 }).map(requestOf(`/Groups/${bigGroup}`, PATCH_OP)),
  );
};

const bulks = (data: HostileData): fc.Arbitrary<HostileRequest> =>
  fc.array(patches(data), { minLength: 1, maxLength: 20 }).map((all) => ({
    method: "POST",
    path: "/Bulk",
    body: {
      schemas: [BULK_REQUEST],
      Operations: all.map(({ path, body }) => ({ method: "PATCH", path: path.replace(/\?.*/, ""), data: body })),
    },
  }));

const creations: fc.Arbitrary<HostileRequest> = fc.oneof(
  fc.integer({ min: 1, max: 12_000 }).map((n) => ({
    method: "POST",
    path: "/Users",
    body: {
      schemas: [USER],
      userName: `new ${n}`,
      roles: Array.from({ length: n }, (_, index) => ({ value: `r${index}` })),
    },
  })),
  fc.integer({ min: 1, max: 300 }).map((n) => ({
    method: "POST",
    path: "/Groups?attributes=id",
    body: { schemas: [GROUP], displayName: "é".repeat(1000 * n) },
  })),
);

/** Requests over this data. */
export function hostileRequests(data: HostileData): fc.Arbitrary<HostileRequest> {
  const reads = fc.constantFrom(`/Users/${data.hugeUser}`, `/Groups/${data.bigGroup}`, `/Groups/${data.deepGroup}`);
  return fc.oneof(
    lists("/Users", filtersOf(userTerms)),
    lists("/Groups", filtersOf(groupTerms)),
    lists("/", filtersOf(userTerms)),
    patches(data),
    bulks(data),
    creations,
    reads.map((path) => ({ method: "GET", path })),
  );
}
