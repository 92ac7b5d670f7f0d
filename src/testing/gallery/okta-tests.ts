import { URN } from "../../protocol/urns.ts";
import type { ActionStep, Expectation, GalleryTests, RequestStep } from "./gallery-test.ts";

const USER_NAME = "{{rnd}}@example.com";
const NAMES: Readonly<Record<string, string>> = { givenName: "Given {{rnd}}", familyName: "Family {{rnd}}" };
const UNKNOWN = "00919288221112222";

const get = (path: string, expect: Expectation): RequestStep => ({ method: "GET", path, expect });

const created: RequestStep = {
  method: "POST",
  path: "/Users",
  headers: { "Content-Type": "application/json", Accept: "application/scim+json; charset=utf-8" },
  body: {
    schemas: [URN.user],
    userName: USER_NAME,
    name: NAMES,
    emails: [{ primary: true, value: USER_NAME, type: "work" }],
    displayName: "Given {{rnd}} Family {{rnd}}",
    active: true,
  },
  expect: {
    status: [201],
    present: ["id"],
    match: { active: true, name: NAMES, schemas: [URN.user], userName: USER_NAME },
  },
  save: { user: "id" },
};

const profile = (prefix: string): string[] =>
  ["id", "name/familyName", "name/givenName", "userName", "active", "emails/0/value"].map((path) => `${prefix}${path}`);

const error = (status: number): Expectation => ({
  status: [status],
  present: ["detail"],
  match: { status: String(status), schemas: [URN.error] },
});

const nobody: Expectation = { status: [200], match: { schemas: [URN.listResponse], totalResults: 0 } };

/** Okta SCIM 2.0 SPEC Test: requests to the SCIM endpoint. The limit of 600 ms for a response is left out. */
const SPEC: GalleryTests = {
  "spec.users": {
    title: "Required Test: Test Users endpoint",
    steps: [
      created,
      get("/Users?count=1&startIndex=1", {
        status: [200],
        match: { schemas: [URN.listResponse] },
        present: profile("Resources/0/"),
        numbers: ["itemsPerPage", "startIndex", "totalResults"],
      }),
    ],
  },
  "spec.user-by-id": {
    title: "Required Test: Get Users/{{id}}",
    steps: [created, get("/Users/{{user}}", { status: [200], match: { id: "{{user}}" }, present: profile("") })],
  },
  "spec.invalid-user-name": {
    title: "Required Test: Test invalid User by username",
    steps: [get('/Users?filter=userName eq "invalid-{{rnd}}@example.com"', nobody)],
  },
  "spec.invalid-user-id": {
    title: "Required Test: Test invalid User by ID",
    steps: [get(`/Users/${UNKNOWN}`, { status: [404], present: ["detail"], match: { schemas: [URN.error] } })],
  },
  "spec.random-user-missing": {
    title: "Required Test: Make sure random user doesn't exist",
    steps: [get(`/Users?filter=userName eq "${USER_NAME}"`, nobody)],
  },
  "spec.create": { title: "Required Test: Create Okta user with realistic values", steps: [created] },
  "spec.created": {
    title: "Required Test: Verify that user was created",
    steps: [created, get("/Users/{{user}}", { status: [200], match: { userName: USER_NAME, name: NAMES } })],
  },
  "spec.conflict": {
    title: "Required Test: Expect failure when recreating user with same values",
    steps: [created, { ...created, expect: { status: [409] }, save: {} }],
  },
  "spec.letter-case": {
    title: "Required Test: Username Case Sensitivity Check",
    steps: [created, get('/Users?filter=userName eq "{{RND}}@EXAMPLE.COM"', { status: [200] })],
  },
  "spec.groups": {
    title: "Optional Test: Verify Groups endpoint",
    isOptional: true,
    steps: [get("/Groups", { status: [200], numbers: ["totalResults"] })],
  },
  "spec.status-401": {
    title: "Required Test: Check status 401",
    steps: [
      {
        method: "GET",
        path: '/Users?filter=userName eq "{{RND}}@EXAMPLE.COM"',
        headers: { Authorization: "non-token" },
        expect: error(401),
      },
    ],
  },
  "spec.status-404": { title: "Required Test: Check status 404", steps: [get(`/Users/${UNKNOWN}`, error(404))] },
};

const assigned: ActionStep = {
  action: "provision",
  with: [{ userName: USER_NAME, ...NAMES, email: USER_NAME, title: "Engineer" }],
  save: "user",
};

const found = (match: object): RequestStep =>
  get(`/Users?filter=userName eq "${USER_NAME}"&startIndex=1&count=100`, {
    status: [200],
    match: { totalResults: 1, Resources: [{ id: "{{user}}", ...match }] },
  });

/** Okta SCIM 2.0 CRUD Test: what an administrator does in Okta, and what the SCIM endpoint has afterwards. */
const CRUD: GalleryTests = {
  "crud.create": {
    title: "A user who is assigned is created on the SCIM server",
    steps: [assigned, found({ userName: USER_NAME, active: true, name: NAMES })],
  },
  "crud.update": {
    title: "A changed first name is updated on the SCIM server",
    steps: [
      assigned,
      { action: "change", with: ["{{user}}", { givenName: "Changed" }] },
      found({ name: { givenName: "Changed", familyName: NAMES.familyName } }),
    ],
  },
  "crud.deactivate": {
    title: "A user who is deactivated is deactivated on the SCIM server",
    steps: [assigned, { action: "deactivate", with: ["{{user}}"] }, found({ active: false })],
  },
  "crud.reactivate": {
    title: "A user who is reactivated and assigned again is active on the SCIM server",
    steps: [
      assigned,
      { action: "deactivate", with: ["{{user}}"] },
      { action: "restore", with: ["{{user}}"] },
      found({ active: true }),
    ],
  },
  "crud.unassign": {
    title: "A user who is unassigned is deactivated on the SCIM server",
    steps: [assigned, { action: "delete", with: ["{{user}}"] }, found({ active: false })],
  },
};

/** The tests of the Okta Integration Network. */
export const OKTA_TESTS: GalleryTests = { ...SPEC, ...CRUD };
