import { ENTERPRISE, GROUP, PATCH_OP, USER } from "../helpers/scim-app.ts";

/** What an identity provider sends, and the same in the form of the RFC. */
export interface Pair {
  readonly sent: unknown;
  readonly means: unknown;
}

/** An example, or the reason why the quirk cannot occur there. */
export type Cell = Pair | string;

/** Where the quirk of a transform is read. Each kind of place is tried on all of its routes. */
export interface Places {
  /** The body of POST and PUT, alone and in Bulk. It is laid over the body of a new resource. */
  readonly body: Cell;
  /** An operation with a path, or a whole message, of PATCH, alone and in Bulk. */
  readonly withPath: Cell;
  /** An operation without a path, or a whole message, of PATCH, alone and in Bulk. */
  readonly withoutPath: Cell;
  /** An operation whose path has a filter, of PATCH, alone and in Bulk. */
  readonly pathFilter: Cell;
  /** A filter, in a query, in `.search` and in `.search` of the root. */
  readonly filter: Cell;
  /** The name of an attribute in `attributes`, `excludedAttributes` and `sortBy`, in a query and in `.search`. */
  readonly name: Cell;
}

/** One transform of `compatible` and its places. */
export interface Row extends Places {
  readonly on?: "Users" | "Groups" | "Everythings";
  /** Transforms that read the same sign in some other way, and are off while it is shown that this one is needed. */
  readonly besides?: readonly string[];
  /** Why it is no quirk in a bulk request, if it is none there. */
  readonly notInBulk?: string;
}

const OPERATION = "It is about the operations of a PATCH.";
const RESOURCE = "It is about a whole resource.";
const VALUES = "It is about the values of a body, and a filter or a name has none of them.";
const GRAMMAR = "It is about the grammar of filters.";
const NAMES = "It is about the names of attributes; those within the brackets of a path have no URN.";
const TEXT_IN_BODY = "In JSON a text has its quotes, and a boolean or number has none.";

const MANAGER = `${ENTERPRISE}:manager`;
const OLD_ENTERPRISE = "urn:scim:schemas:extension:enterprise:1.0";
const ENTRA_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
const ROLE_TEXT = '{"id":"1","value":"Admin","displayName":"The Admin"}';

const title = { op: "replace", path: "title", value: "T" };
const titled = { op: "replace", value: { title: "T" } };
const message = (operation: object): object => ({ schemas: [PATCH_OP], Operations: [operation] });
const enterprise = (data: object): object => ({ schemas: [USER, ENTERPRISE], [ENTERPRISE]: data });

const messageTransforms: Readonly<Record<string, Row>> = {
  "lower-case-operations": {
    body: OPERATION,
    withPath: { sent: { schemas: [PATCH_OP], operations: [title] }, means: message(title) },
    withoutPath: { sent: { schemas: [PATCH_OP], OPERATIONS: [titled] }, means: message(titled) },
    pathFilter: OPERATION,
    filter: OPERATION,
    name: OPERATION,
  },
  "missing-patch-schemas": {
    notInBulk: "The RFC itself leaves schemas out of a PATCH in a bulk request.",
    body: OPERATION,
    withPath: { sent: { Operations: [title] }, means: message(title) },
    withoutPath: { sent: { schemas: [], Operations: [titled] }, means: message(titled) },
    pathFilter: OPERATION,
    filter: OPERATION,
    name: OPERATION,
  },
  "missing-resource-schemas": {
    notInBulk: "Method and path of an operation say what its data is.",
    body: {
      sent: { schemas: null, [ENTERPRISE]: { department: "X" } },
      means: enterprise({ department: "X" }),
    },
    withPath: RESOURCE,
    withoutPath: "Without schemas an operation is complete.",
    pathFilter: RESOURCE,
    filter: RESOURCE,
    name: RESOURCE,
  },
  "entra-group-urn": {
    on: "Groups",
    besides: ["drop-unknown-attributes"],
    body: { sent: { schemas: [GROUP, ENTRA_GROUP] }, means: { schemas: [GROUP] } },
    withPath: "`schemas` is not changed by a path.",
    withoutPath: "All of `schemas` is dropped there, by pathless-read-only.",
    pathFilter: RESOURCE,
    filter: "It is not stored, so that nobody can search for it.",
    name: "It has no attributes.",
  },
};

const operationTransforms: Readonly<Record<string, Row>> = {
  "capitalised-op": {
    body: OPERATION,
    withPath: "In any case an op is what the RFC means; what Entra ID means besides needs a filter.",
    withoutPath: "In any case an op is what the RFC means; what Entra ID means besides needs a filter.",
    pathFilter: {
      sent: { op: "Replace", path: 'emails[type eq "other"].value', value: "o@x.example" },
      means: { op: "add", path: "emails", value: [{ type: "other", value: "o@x.example" }] },
    },
    filter: OPERATION,
    name: OPERATION,
  },
  "pathless-read-only": {
    body: "The RFC itself ignores values of readOnly attributes in POST and PUT.",
    withPath: "A path to a readOnly attribute is an error.",
    withoutPath: {
      sent: { op: "replace", value: { id: "1", schemas: [USER], meta: {}, title: "T" } },
      means: titled,
    },
    pathFilter: "A path to a readOnly attribute is an error.",
    filter: "readOnly attributes can be searched by.",
    name: "readOnly attributes can be named.",
  },
  "qualified-keys": {
    body: {
      sent: {
        "name.givenName": "G",
        [`${USER}:title`]: "T",
        [`${ENTERPRISE}:department`]: "X",
        'emails[type eq "work"].value': "w@x.example",
      },
      means: {
        ...enterprise({ department: "X" }),
        title: "T",
        name: { givenName: "G" },
        emails: [{ type: "work", value: "w@x.example" }],
      },
    },
    withPath: "The path is qualified itself, as the RFC has it.",
    withoutPath: {
      sent: { op: "replace", value: { "name.givenName": "G", [`${ENTERPRISE}:department`]: "X", title: "T" } },
      means: { op: "replace", value: { name: { givenName: "G" }, [ENTERPRISE]: { department: "X" }, title: "T" } },
    },
    pathFilter: {
      sent: { op: "replace", value: { 'emails[type eq "work"].value': "w@x.example" } },
      means: { op: "replace", path: 'emails[type eq "work"].value', value: "w@x.example" },
    },
    filter: "The RFC has qualified names there.",
    name: "The RFC has qualified names there.",
  },
  "remove-with-value": {
    on: "Groups",
    body: OPERATION,
    withPath: {
      sent: { op: "remove", path: "members", value: [{ value: "{ada}" }] },
      means: { op: "remove", path: 'members[value eq "{ada}"]' },
    },
    withoutPath: {
      sent: { op: "remove", value: { members: [{ value: "{ada}" }] } },
      means: { op: "remove", path: 'members[value eq "{ada}"]' },
    },
    pathFilter: {
      sent: { op: "remove", path: 'members[type eq "User"]', value: [{ value: "{ada}" }] },
      means: { op: "remove", path: 'members[value eq "{ada}"]' },
    },
    filter: OPERATION,
    name: OPERATION,
  },
};

const nameTransforms: Readonly<Record<string, Row>> = {
  "legacy-urns": {
    besides: ["drop-unknown-attributes"],
    body: {
      sent: { schemas: ["urn:scim:schemas:core:1.0", OLD_ENTERPRISE], [OLD_ENTERPRISE]: { department: "X" } },
      means: enterprise({ department: "X" }),
    },
    withPath: {
      sent: { op: "replace", path: `${OLD_ENTERPRISE}.department`, value: "X" },
      means: { op: "replace", path: `${ENTERPRISE}:department`, value: "X" },
    },
    withoutPath: {
      sent: { op: "replace", value: { [OLD_ENTERPRISE]: { department: "X" } } },
      means: { op: "replace", value: { [ENTERPRISE]: { department: "X" } } },
    },
    pathFilter: {
      sent: { op: "remove", path: 'urn:scim:schemas:core:1.0:emails[type eq "work"]' },
      means: { op: "remove", path: 'emails[type eq "work"]' },
    },
    filter: { sent: `${OLD_ENTERPRISE}.department eq "D"`, means: `${ENTERPRISE}:department eq "D"` },
    name: { sent: `${OLD_ENTERPRISE}.department`, means: `${ENTERPRISE}:department` },
  },
  "unqualified-attributes": {
    besides: ["drop-unknown-attributes"],
    body: { sent: { schemas: [USER, ENTERPRISE], department: "X" }, means: enterprise({ department: "X" }) },
    withPath: {
      sent: { op: "replace", path: "manager.value", value: "{bob}" },
      means: { op: "replace", path: `${MANAGER}.value`, value: "{bob}" },
    },
    withoutPath: {
      sent: { op: "replace", value: { department: "X" } },
      means: { op: "replace", value: { [ENTERPRISE]: { department: "X" } } },
    },
    pathFilter: NAMES,
    filter: { sent: 'department eq "D"', means: `${ENTERPRISE}:department eq "D"` },
    name: { sent: "department", means: `${ENTERPRISE}:department` },
  },
  "drop-unknown-attributes": {
    body: { sent: { size: 1, name: { givenName: "G", first: "G" } }, means: { name: { givenName: "G" } } },
    withPath: {
      sent: { op: "replace", path: "name", value: { givenName: "G", first: "G" } },
      means: { op: "replace", path: "name", value: { givenName: "G" } },
    },
    withoutPath: { sent: { op: "replace", value: { size: 1, title: "T" } }, means: titled },
    pathFilter: {
      sent: { op: "replace", path: 'emails[type eq "work"]', value: { display: "W", verified: true } },
      means: { op: "replace", path: 'emails[type eq "work"]', value: { display: "W" } },
    },
    filter: "A term that is dropped would widen the result, so that an unknown attribute is an error.",
    name: "The RFC itself ignores unknown names in projections; sorting by one is an error, as in the filter.",
  },
};

const valueTransforms: Readonly<Record<string, Row>> = {
  "member-shorthand": {
    on: "Groups",
    body: { sent: { members: ["{ada}"] }, means: { members: [{ value: "{ada}" }] } },
    withPath: {
      sent: { op: "replace", path: "members", value: { members: ["{bob}"] } },
      means: { op: "replace", path: "members", value: [{ value: "{bob}" }] },
    },
    withoutPath: {
      sent: { op: "replace", value: { members: ["{bob}"] } },
      means: { op: "replace", value: { members: [{ value: "{bob}" }] } },
    },
    pathFilter: "A filter selects one member, which has no list.",
    filter: "`members eq` compares with the id, as the RFC has it.",
    name: VALUES,
  },
  "wrapped-scalars": {
    body: { sent: { title: ["T"], name: [{ givenName: "G" }] }, means: { title: "T", name: { givenName: "G" } } },
    withPath: { sent: { op: "replace", path: "title", value: [{ value: "T" }] }, means: title },
    withoutPath: { sent: { op: "replace", value: { title: ["T"] } }, means: titled },
    pathFilter: {
      sent: { op: "replace", path: 'emails[type eq "work"].display', value: ["W"] },
      means: { op: "replace", path: 'emails[type eq "work"].display', value: "W" },
    },
    filter: VALUES,
    name: VALUES,
  },
  "single-objects": {
    body: {
      sent: { emails: { type: "work", value: "w@x.example" } },
      means: { emails: [{ type: "work", value: "w@x.example" }] },
    },
    withPath: "In a PATCH the RFC itself allows a single value.",
    withoutPath: "In a PATCH the RFC itself allows a single value.",
    pathFilter: "A filter selects single values.",
    filter: VALUES,
    name: VALUES,
  },
  "json-text-roles": {
    body: { sent: { roles: [ROLE_TEXT] }, means: { roles: [{ value: "Admin", display: "The Admin" }] } },
    withPath: {
      sent: { op: "add", path: "roles", value: [{ value: ROLE_TEXT }] },
      means: { op: "add", path: "roles", value: [{ value: "Admin", display: "The Admin" }] },
    },
    withoutPath: {
      sent: { op: "add", value: { roles: [{ value: ROLE_TEXT }] } },
      means: { op: "add", value: { roles: [{ value: "Admin", display: "The Admin" }] } },
    },
    pathFilter: {
      sent: { op: "replace", path: "roles[primary eq true].value", value: ROLE_TEXT },
      means: {
        schemas: [PATCH_OP],
        Operations: [
          { op: "replace", path: "roles[primary eq true].value", value: "Admin" },
          { op: "replace", path: "roles[primary eq true].display", value: "The Admin" },
        ],
      },
    },
    filter: VALUES,
    name: VALUES,
  },
  "manager-as-string": {
    body: { sent: enterprise({ manager: "{bob}" }), means: enterprise({ manager: { value: "{bob}" } }) },
    withPath: {
      sent: { op: "add", path: MANAGER, value: "{bob}" },
      means: { op: "add", path: MANAGER, value: { value: "{bob}" } },
    },
    withoutPath: {
      sent: { op: "replace", value: { [ENTERPRISE]: { manager: "" } } },
      means: { op: "remove", path: MANAGER },
    },
    pathFilter: "A manager is no list, and cannot be filtered.",
    filter: "`manager eq` compares with the id, as the RFC has it.",
    name: VALUES,
  },
};

const literalTransforms: Readonly<Record<string, Row>> = {
  "quoted-booleans": {
    body: {
      sent: { active: "False", emails: [{ value: "w@x.example", primary: "True" }] },
      means: { active: false, emails: [{ value: "w@x.example", primary: true }] },
    },
    withPath: {
      sent: { op: "replace", path: "active", value: "False" },
      means: { op: "replace", path: "active", value: false },
    },
    withoutPath: {
      sent: { op: "replace", value: { active: "False" } },
      means: { op: "replace", value: { active: false } },
    },
    pathFilter: {
      sent: { op: "remove", path: 'roles[primary eq "True"]' },
      means: { op: "remove", path: "roles[primary eq true]" },
    },
    filter: {
      sent: 'active eq "True" and roles[primary eq "true"]',
      means: "active eq true and roles[primary eq true]",
    },
    name: VALUES,
  },
  "numeric-strings": {
    on: "Everythings",
    body: {
      sent: { count: "12", boxes: [{ value: "b", count: "5" }] },
      means: { count: 12, boxes: [{ value: "b", count: 5 }] },
    },
    withPath: {
      sent: { op: "replace", path: "box.count", value: "4" },
      means: { op: "replace", path: "box.count", value: 4 },
    },
    withoutPath: {
      sent: { op: "replace", value: { count: "12" } },
      means: { op: "replace", value: { count: 12 } },
    },
    pathFilter: {
      sent: { op: "remove", path: 'boxes[count eq "3"]' },
      means: { op: "remove", path: "boxes[count eq 3]" },
    },
    filter: { sent: 'count eq "7" and boxes[count gt "2"]', means: "count eq 7 and boxes[count gt 2]" },
    name: VALUES,
  },
  "numbers-as-texts": {
    body: { sent: { externalId: 43 }, means: { externalId: "43" } },
    withPath: {
      sent: { op: "replace", path: `${ENTERPRISE}:employeeNumber`, value: 43 },
      means: { op: "replace", path: `${ENTERPRISE}:employeeNumber`, value: "43" },
    },
    withoutPath: {
      sent: { op: "replace", value: { externalId: 43 } },
      means: { op: "replace", value: { externalId: "43" } },
    },
    pathFilter: {
      sent: { op: "replace", path: 'addresses[type eq "work"].postalCode', value: 12345 },
      means: { op: "replace", path: 'addresses[type eq "work"].postalCode', value: "12345" },
    },
    filter: "A number in a filter is read by unquoted-numbers.",
    name: VALUES,
  },
  "unquoted-numbers": {
    body: "A number in a body is read by numbers-as-texts.",
    withPath: "A number as a value is read by numbers-as-texts.",
    withoutPath: "A number as a value is read by numbers-as-texts.",
    pathFilter: {
      sent: { op: "remove", path: "addresses[postalCode eq 42]" },
      means: { op: "remove", path: 'addresses[postalCode eq "42"]' },
    },
    filter: {
      sent: "externalId eq 42 and addresses[postalCode eq 42]",
      means: 'externalId eq "42" and addresses[postalCode eq "42"]',
    },
    name: GRAMMAR,
  },
};

const grammarTransforms: Readonly<Record<string, Row>> = {
  "value-path-comparison": {
    body: GRAMMAR,
    withPath: GRAMMAR,
    withoutPath: GRAMMAR,
    pathFilter: "A path ends with an attribute, not with a comparison.",
    filter: {
      sent: 'emails[type eq "work"].value eq "a@x.example"',
      means: 'emails[type eq "work" and value eq "a@x.example"]',
    },
    name: GRAMMAR,
  },
  "bare-values": {
    body: TEXT_IN_BODY,
    withPath: GRAMMAR,
    withoutPath: GRAMMAR,
    pathFilter: {
      sent: { op: "remove", path: "emails[type eq work]" },
      means: { op: "remove", path: 'emails[type eq "work"]' },
    },
    filter: { sent: "userName eq ada and emails[type eq work]", means: 'userName eq "ada" and emails[type eq "work"]' },
    name: GRAMMAR,
  },
  "single-quotes": {
    body: TEXT_IN_BODY,
    withPath: GRAMMAR,
    withoutPath: GRAMMAR,
    pathFilter: {
      sent: { op: "remove", path: "emails[type eq 'work']" },
      means: { op: "remove", path: 'emails[type eq "work"]' },
    },
    filter: { sent: "userName eq 'ada'", means: 'userName eq "ada"' },
    name: GRAMMAR,
  },
  "capital-booleans": {
    besides: ["bare-values"],
    body: TEXT_IN_BODY,
    withPath: GRAMMAR,
    withoutPath: GRAMMAR,
    pathFilter: {
      sent: { op: "remove", path: "roles[primary eq True]" },
      means: { op: "remove", path: "roles[primary eq true]" },
    },
    filter: { sent: "active eq True", means: "active eq true" },
    name: GRAMMAR,
  },
  "not-without-parentheses": {
    body: GRAMMAR,
    withPath: GRAMMAR,
    withoutPath: GRAMMAR,
    pathFilter: {
      sent: { op: "remove", path: 'emails[not type eq "work"]' },
      means: { op: "remove", path: 'emails[not (type eq "work")]' },
    },
    filter: { sent: 'not userName eq "bob"', means: 'not (userName eq "bob")' },
    name: GRAMMAR,
  },
};

/** Every transform of `compatible`, by its name. */
export const routeTable: Readonly<Record<string, Row>> = {
  ...messageTransforms,
  ...operationTransforms,
  ...nameTransforms,
  ...valueTransforms,
  ...literalTransforms,
  ...grammarTransforms,
};
