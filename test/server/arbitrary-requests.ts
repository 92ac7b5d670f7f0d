import fc from "fast-check";
import { ENTERPRISE, GROUP, PATCH_OP, USER } from "../helpers/scim-app.ts";
import { anyJson, operations, users } from "../patch/arbitraries.ts";

const BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/** Texts made of what a parser looks for, with anything in between. */
const words = (...units: string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: fc.constantFrom(...units), maxLength: 14 }),
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.string({ maxLength: 30 }),
  );

const NAMES = [
  "userName",
  "emails",
  "name.givenName",
  "members",
  "meta.lastModified",
  "id",
  "password",
  "groups",
  "schemas",
];

/** Filters, most of which are none. */
export const filterTexts: fc.Arbitrary<string> = words(
  ...NAMES,
  ...[" eq ", " ne ", " co ", " gt ", " pr", " and ", " or ", "not (", "(", ")", "[", "]", ".", ":", "$ref"],
  ...['"a"', '"2026-01-01T00:00:00Z"', "true", "null", "12", "1e999", "-0", '"\\ud800"', '"\\u0000"', "'", '"', "\\"],
  ...["__proto__", "constructor", ENTERPRISE, `${USER}:userName`, " ", "%", "_"],
);

const pathTexts = words(
  ...NAMES,
  '[type eq "work"]',
  "[",
  "]",
  ".",
  ":",
  ".value",
  ENTERPRISE,
  "__proto__",
  "constructor",
  ",",
  " ",
);

const parameters = fc
  .record(
    {
      filter: filterTexts,
      sortBy: pathTexts,
      sortOrder: fc.constantFrom("descending", "ASCENDING", "", "x"),
      attributes: pathTexts,
      excludedAttributes: pathTexts,
      startIndex: fc.oneof(fc.integer().map(String), fc.string({ maxLength: 6 })),
      count: fc.oneof(fc.integer({ min: -5, max: 5 }).map(String), fc.string({ maxLength: 6 })),
      cursor: words("A", "-", "_", ".", "~", "=", "{", "eyJ"),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .map((query) => new URLSearchParams(query).toString());

const ids = fc.oneof(
  fc.constantFrom(
    "known-user",
    "known-group",
    "__proto__",
    "constructor",
    "bulkId:x",
    "%00",
    "..",
    "%2e%2e",
    "%",
    ".search",
    "a/b",
  ),
  words("a", "/", "%", "é", "?", "#", ";").map(encodeURIComponent),
  words("a", "/", "%", "\\", "."),
);

const endpoints = fc.constantFrom(
  ...["/Users", "/Groups", "/Me", "/Bulk", "/.search", "/Users/.search", "/Groups/.search", "/ServiceProviderConfig"],
  ...["/Schemas", "/ResourceTypes", "", "/", "//", "/Robots", "/__proto__", "/constructor"],
);

const targets = fc
  .tuple(endpoints, fc.option(ids), fc.oneof(parameters, fc.string({ maxLength: 20 })))
  .map(([endpoint, id, query]) => `${endpoint}${id === null ? "" : `/${id}`}?${query}`);

const memberNames = fc.constantFrom(
  ...[
    "userName",
    "displayName",
    "members",
    "emails",
    "active",
    "schemas",
    "id",
    "meta",
    "value",
    "__proto__",
    "constructor",
    "prototype",
  ],
  ...[
    ENTERPRISE,
    "Operations",
    "op",
    "path",
    "method",
    "bulkId",
    "data",
    "version",
    "filter",
    "count",
    "cursor",
    "failOnErrors",
  ],
);
const resources = fc.dictionary(memberNames, anyJson, { maxKeys: 5, noNullPrototype: true });

/** Resources with nothing wrong, so that some requests get through. */
const rightUsers = fc
  .tuple(users, fc.string({ minLength: 1, maxLength: 8 }))
  .map(([user, userName]) => ({ schemas: [USER], ...user, userName }));
const rightGroups = fc
  .tuple(fc.string({ minLength: 1, maxLength: 8 }), fc.subarray(["known-user"]))
  .map(([displayName, ids]) => ({ schemas: [GROUP], displayName, members: ids.map((value) => ({ value })) }));
const rightPatches = fc
  .array(operations, { minLength: 1, maxLength: 3 })
  .map((Operations) => ({ schemas: [PATCH_OP], Operations }));
const memberPatches = fc
  .array(
    fc.record({
      op: fc.constantFrom("add", "replace", "Remove"),
      path: fc.constant("members"),
      value: fc.subarray([{ value: "known-user" }, { value: "unknown" }]),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((Operations) => ({ schemas: [PATCH_OP], Operations }));

const patchBodies = fc
  .array(
    fc.record(
      {
        op: fc.constantFrom("add", "remove", "replace", "Add", "Replace", "Remove", "__proto__"),
        path: pathTexts,
        value: anyJson,
      },
      { requiredKeys: ["op"], noNullPrototype: true },
    ),
    { maxLength: 3 },
  )
  .map((Operations) => ({ schemas: [PATCH_OP], Operations }));

const bulkBodies = fc
  .record(
    {
      failOnErrors: fc.oneof(fc.integer({ min: -1, max: 3 }), anyJson),
      Operations: fc.array(
        fc.record(
          {
            method: fc.constantFrom("POST", "PUT", "PATCH", "DELETE", "GET", "post", "__proto__"),
            path: fc.oneof(
              fc.constantFrom(
                "/Users",
                "/Groups",
                "/Users/bulkId:a",
                "/Users/known-user",
                "/Bulk",
                "https://app.example/Users",
                "/Me",
              ),
              targets,
            ),
            bulkId: fc.constantFrom("a", "b", "", "__proto__", "constructor", "a b"),
            version: fc.oneof(fc.constantFrom('W/"x"', "", "*"), anyJson),
            data: fc.oneof(
              resources.map((data) => ({ schemas: [USER], userName: "u", ...data })),
              resources.map((data) => ({
                schemas: [GROUP],
                displayName: "g",
                members: [{ value: "bulkId:a" }],
                ...data,
              })),
              patchBodies,
              rightUsers,
              rightPatches,
              anyJson,
            ),
          },
          { requiredKeys: ["method", "path"], noNullPrototype: true },
        ),
        { maxLength: 4 },
      ),
    },
    { requiredKeys: ["Operations"], noNullPrototype: true },
  )
  .map((body) => ({ schemas: [BULK_REQUEST], ...body }));

const searchBodies = resources.map((body) => ({ schemas: [SEARCH_REQUEST], ...body }));

/** Bodies as bytes: of the right kind with something wrong in them, or anything. */
const bodies: fc.Arbitrary<string | Uint8Array<ArrayBuffer>> = fc.oneof(
  fc
    .oneof(
      resources.map((body) => ({ schemas: [USER], userName: "u", ...body })),
      resources.map((body) => ({ schemas: [GROUP], displayName: "g", ...body })),
      patchBodies,
      bulkBodies,
      searchBodies,
      anyJson,
      fc.jsonValue({ noUnicodeString: false }),
    )
    .map((body) => JSON.stringify(body) ?? ""),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => new Uint8Array(bytes)),
  words("{", "}", "[", "]", '"', ":", ",", "\\u", "1e9", "null", "__proto__"),
);

const headers = fc.record(
  {
    "content-type": fc.constantFrom("application/json", "application/scim+json; charset=utf-16", "text/plain", "", ";"),
    "if-match": words("*", 'W/"', '"', ",", "a").map(headerText),
    "if-none-match": words("*", 'W/"', '"', ",", "a").map(headerText),
    accept: fc.constantFrom("text/html", "*/*", ""),
    prefer: fc.constantFrom("respond-async", "return=minimal"),
  },
  { requiredKeys: [], noNullPrototype: true },
);

function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}

/** A request of any kind, to what is there and to what is not. */
export interface AnyRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** Requests of all methods to all endpoints. */
export const anyRequests: fc.Arbitrary<AnyRequest> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND"),
  target: targets,
  headers,
  body: bodies,
});

/** Requests whose body goes where such a body belongs, so that it is looked at closely. */
export const fittingRequests: fc.Arbitrary<AnyRequest> = fc.oneof(
  fitting("POST", fc.constantFrom("/Users", "/Groups"), resources),
  fitting("POST", fc.constant("/Users"), rightUsers),
  fitting("POST", fc.constant("/Groups"), rightGroups),
  fitting("PUT", fc.constant("/Users/known-user"), rightUsers),
  fitting("PUT", fc.constant("/Groups/known-group"), rightGroups),
  fitting("PATCH", fc.constant("/Users/known-user"), rightPatches),
  fitting("PATCH", fc.constant("/Groups/known-group"), memberPatches),
  fc
    .constantFrom("/Users/known-user", "/Groups/known-group")
    .map((target) => ({ method: "DELETE", target, headers: {}, body: "" })),
  fitting("PUT", fc.constantFrom("/Users/known-user", "/Groups/known-group"), resources),
  fitting("PATCH", fc.constantFrom("/Users/known-user", "/Groups/known-group"), patchBodies),
  fitting("POST", fc.constant("/Bulk"), bulkBodies),
  fitting("POST", fc.constantFrom("/.search", "/Users/.search"), searchBodies),
  fc.tuple(fc.constantFrom("/Users", "/Groups", "", "/Users/known-user"), parameters).map(([endpoint, query]) => ({
    method: "GET",
    target: `${endpoint}?${query}`,
    headers: {},
    body: "",
  })),
);

function fitting(method: string, target: fc.Arbitrary<string>, body: fc.Arbitrary<object>): fc.Arbitrary<AnyRequest> {
  return fc.tuple(target, body).map(([path, value]) => {
    const whole = path.startsWith("/Users")
      ? { schemas: [USER], userName: "u", ...value }
      : { schemas: [GROUP], displayName: "g", ...value };
    return { method, target: path, headers: {}, body: JSON.stringify("schemas" in value ? value : whole) };
  });
}
