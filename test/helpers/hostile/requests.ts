import fc from "fast-check";
import { GROUP, PATCH_OP, USER } from "../scim-app.ts";
import type { HostileData } from "./data.ts";

const BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/** A request that is permitted by its form, and is meant to cost as much as it can. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: Record<string, unknown>;
}

/** The sizes that requests may have. */
export interface RequestSizes {
  /** Values, operations or members of one request. */
  readonly most: number;
  /** Characters of one text. */
  readonly longest: number;
  /** Terms of one filter. */
  readonly terms: number;
}

/** What requests are made for. */
interface Target {
  readonly data: HostileData;
  readonly sizes: RequestSizes;
}

const texts = fc.constantFrom("a", "é", "user", "Ⅷ", "zz", "0", "", "İ", "constructor", "__proto__", "é".repeat(40));
const userPaths = fc.constantFrom(
  ...["userName", "title", "name.familyName", "emails.value", "emails[value", "emails[type", "externalId"],
  ...["groups.display", "groups.value", "meta.created", "displayName", "roles.value", "id", "emails", "groups"],
);
const groupPaths = fc.constantFrom(
  ...["members", "members.display", "members.value", "displayName", "groups.display", "members.type", "meta.version"],
  ...["members[display", "members[value"],
);

const termsOn = (paths: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(paths, fc.constantFrom("co", "sw", "ew", "eq", "ne", "gt", "le", "pr"), texts).map(([path, op, text]) => {
    const isDate = path === "meta.created";
    const usable = isDate && ["co", "sw", "ew"].includes(op) ? "gt" : op;
    const compared = usable === "pr" ? "pr" : `${usable} "${isDate ? "2026-01-01T00:00:00Z" : text}"`;
    return `${path} ${compared}${path.includes("[") ? "]" : ""}`;
  });

/** Hundreds of terms, of which nearly none holds, so that all of them are compared. */
const filtersOf = (paths: fc.Arbitrary<string>, { sizes }: Target): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(termsOn(paths), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: sizes.terms }),
      fc.constantFrom(" or ", " and "),
      fc.constantFrom(0, 0, 10, 45),
    )
    .map(([some, times, joined, depth]) => {
      const one = some.join(joined);
      const each = `${"(".repeat(depth)}${one}${")".repeat(depth)}`;
      const most = Math.max(1, Math.min(times / some.length, Math.floor(9900 / (each.length + 12))));
      return Array.from({ length: most }, (_, index) => (index % 7 === 0 ? `not (${each})` : `(${each})`)).join(joined);
    });

const lists = (endpoint: string, paths: fc.Arbitrary<string>, target: Target): fc.Arbitrary<HostileRequest> => {
  const { users } = target.data;
  const query = fc.record(
    {
      filter: filtersOf(paths, target),
      sortBy: fc.constantFrom("title", "emails.value", "displayName", "meta.lastModified", "id", "userName"),
      sortOrder: fc.constantFrom("ascending", "descending"),
      count: fc.constantFrom("500", "1", "0"),
      startIndex: fc.constantFrom("1", String(users.length - 10), String(users.length + 40), "999999"),
      cursor: fc.constant(""),
      attributes: fc.constantFrom("userName,groups", "members,displayName", "id"),
      excludedAttributes: fc.constantFrom("members", "groups,emails"),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  return fc.tuple(query, fc.boolean()).map(([{ excludedAttributes, ...rest }, isSearch]): HostileRequest => {
    const usable = rest.attributes === undefined ? { ...rest, excludedAttributes } : rest;
    const given = Object.fromEntries(Object.entries(usable).filter(([, value]) => value !== undefined));
    if (!isSearch)
      return { method: "GET", path: `${endpoint}?${new URLSearchParams(given as Record<string, string>)}` };
    const listed = (names: string | undefined): string[] | undefined => names?.split(",");
    const body = {
      ...given,
      schemas: [SEARCH_REQUEST],
      attributes: listed(usable.attributes),
      excludedAttributes: listed("excludedAttributes" in usable ? usable.excludedAttributes : undefined),
      count: given.count === undefined ? undefined : Number(given.count),
      startIndex: given.startIndex === undefined ? undefined : Number(given.startIndex),
    };
    return { method: "POST", path: `${endpoint === "/" ? "" : endpoint}/.search`, body };
  });
};

const sizeUpTo = (most: number): fc.Arbitrary<number> => fc.oneof(fc.integer({ min: 1, max: most }), fc.constant(most));

const valueTerms = ({ sizes }: Target): fc.Arbitrary<string> =>
  fc
    .tuple(sizeUpTo(sizes.terms), texts)
    .map(([n, text]) => Array.from({ length: n }, (_, index) => `value co "q${text}${index}"`).join(" or "));

const patches = (target: Target): fc.Arbitrary<HostileRequest> => {
  const { data, sizes } = target;
  const values = sizeUpTo(sizes.most).map((n) =>
    Array.from({ length: n }, (_, index) => ({ value: `é${index}@example.com`, type: "other" })),
  );
  const filters = valueTerms(target);
  const ofUser = fc.oneof(
    values.map((value) => ({ op: "add", path: "emails", value })),
    values.map((value) => ({ op: "replace", path: "emails", value })),
    filters.map((filter) => ({ op: "remove", path: `emails[${filter}]` })),
    filters.map((filter) => ({ op: "replace", path: `emails[${filter}].display`, value: "x".repeat(1000) })),
    fc.constant({ op: "replace", path: "emails.display", value: "y".repeat(60) }),
    fc.constant({ op: "replace", path: 'emails[value co "@"].type', value: "other" }),
    fc.constant({ op: "add", value: JSON.parse('{"__proto__":{"polluted":true},"title":"p"}') }),
    sizeUpTo(sizes.longest / 2).map((n) => ({ op: "replace", path: "title", value: "é".repeat(n) })),
  );
  const ofGroup = fc.oneof(
    filters.map((filter) => ({ op: "remove", path: `members[${filter.replaceAll("value", "display")}]` })),
    fc.integer({ min: 1, max: 50 }).map((n) => ({ op: "remove", path: `members[value eq "m${n}"]` })),
    // A circle, which is refused.
    fc.constantFrom(...data.deepGroups).map((value) => ({ op: "add", path: "members", value: [{ value }] })),
    sizeUpTo(sizes.most).map((n) => {
      return { op: "add", path: "members", value: data.users.slice(0, n).map((value) => ({ value })) };
    }),
  );
  const requestOf = (path: string) => (Operations: readonly unknown[]) => ({
    method: "PATCH",
    path: `${path}?attributes=id`,
    body: { schemas: [PATCH_OP], Operations },
  });
  const many = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> =>
    fc.oneof(
      fc.array(one, { minLength: 1, maxLength: 8 }),
      fc.tuple(one, sizeUpTo(sizes.most)).map(([each, n]) => repeatedWithin(each, n)),
    );
  const on = (paths: readonly string[], operations: fc.Arbitrary<object>): fc.Arbitrary<HostileRequest> =>
    fc.tuple(fc.constantFrom(...paths), many(operations)).map(([path, all]) => requestOf(path)(all));
  return fc.oneof(
    on(
      data.hugeUsers.map((id) => `/Users/${id}`),
      ofUser,
    ),
    on(
      [...data.bigGroups, ...data.deepGroups].map((id) => `/Groups/${id}`),
      ofGroup,
    ),
  );
};

/** An operation as often as a body of 2 MiB has room for. */
function repeatedWithin<T>(each: T, times: number): readonly T[] {
  const most = Math.floor(1_900_000 / (JSON.stringify(each).length + 1));
  return Array.from({ length: Math.max(1, Math.min(times, most)) }, () => each);
}

const bulks = (target: Target): fc.Arbitrary<HostileRequest> => {
  const operationOf = ({ method, path, body }: HostileRequest): object => {
    return { method, path: path.replace(/\?.*/, ""), data: body };
  };
  const bodyOf = (operations: readonly object[]): HostileRequest => {
    return { method: "POST", path: "/Bulk", body: { schemas: [BULK_REQUEST], Operations: operations } };
  };
  return fc.oneof(
    fc.array(patches(target), { minLength: 1, maxLength: 20 }).map((all) => bodyOf(all.map(operationOf))),
    patches(target).map((one) => bodyOf(repeatedWithin(operationOf(one), Math.min(1000, target.sizes.most)))),
  );
};

const creations = ({ sizes }: Target): fc.Arbitrary<HostileRequest> =>
  fc.oneof(
    fc.tuple(sizeUpTo(sizes.most), fc.nat()).map(([n, name]) => ({
      method: "POST",
      path: "/Users",
      body: {
        schemas: [USER],
        userName: `new ${name}`,
        roles: Array.from({ length: n }, (_, index) => ({ value: `r${index}` })),
      },
    })),
    sizeUpTo(sizes.longest / 2).map((n) => ({
      method: "POST",
      path: "/Groups?attributes=id",
      body: { schemas: [GROUP], displayName: "é".repeat(n) },
    })),
  );

/** Requests over this data. */
export function hostileRequests(data: HostileData, sizes: RequestSizes): fc.Arbitrary<HostileRequest> {
  const target: Target = { data, sizes };
  const { hugeUsers, bigGroups, deepGroups } = data;
  const groups = [...bigGroups, ...deepGroups].map((id) => `/Groups/${id}`);
  const reads = fc.constantFrom(...hugeUsers.map((id) => `/Users/${id}`), ...groups);
  return fc.oneof(
    lists("/Users", userPaths, target),
    lists("/Groups", groupPaths, target),
    lists("/", userPaths, target),
    patches(target),
    bulks(target),
    creations(target),
    reads.map((path) => ({ method: "GET", path })),
  );
}
