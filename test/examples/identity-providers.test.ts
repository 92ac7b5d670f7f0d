import { expect, test } from "vitest";
import { entraClient } from "../../examples/accept/entra-client.ts";
import { oktaClient } from "../../examples/accept/okta-client.ts";
import type { OrganisationUser } from "../../examples/accept/organisation.ts";
import { ENTERPRISE_USER, GROUP, PATCH_OP, USER } from "../../examples/accept/wire.ts";
import { standIn } from "./stand-in.ts";

const user: OrganisationUser = {
  directory: "entra",
  externalId: "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
  userName: "sinéad.o'neill@example.com",
  userType: "Employee",
  active: true,
  displayName: "Sinéad O'Neill",
  name: { formatted: "Sinéad O'Neill", givenName: "Sinéad", familyName: "O'Neill" },
  workEmail: "sinead@example.com",
  department: "Optics",
};
const group = { directory: "entra", externalId: "g-1", displayName: 'The "Friday" club', members: [] } as const;

test("Entra ID looks for a user by userName, then by externalId, and creates it with the enterprise extension", async () => {
  const http = standIn();
  await entraClient(http).provisionUser(user);
  expect(http.sent.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `GET /Users?filter=userName eq "sinéad.o'neill@example.com"`,
    `GET /Users?filter=externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"`,
    "POST /Users",
  ]);
  expect(http.sent[2]?.body).toEqual({
    schemas: [USER, ENTERPRISE_USER],
    externalId: "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    userName: "sinéad.o'neill@example.com",
    active: true,
    displayName: "Sinéad O'Neill",
    userType: "Employee",
    emails: [{ primary: true, type: "work", value: "sinead@example.com" }],
    name: { formatted: "Sinéad O'Neill", givenName: "Sinéad", familyName: "O'Neill" },
    [ENTERPRISE_USER]: { department: "Optics" },
    meta: { resourceType: "User" },
    roles: [],
  });
});

test("Entra ID switches a user off with the text False in a capitalised Replace", async () => {
  const http = standIn();
  await entraClient(http).provisionUser({ ...user, active: false });
  expect(http.sent.at(-1)).toEqual({
    method: "PATCH",
    path: "/Users/id-1",
    body: { schemas: [PATCH_OP], Operations: [{ op: "Replace", path: "active", value: "False" }] },
  });
});

test("Entra ID replaces one path for each value that differs, and says nothing when none does", async () => {
  const http = standIn();
  const entra = entraClient(http);
  await entra.provisionUser(user);
  expect((await entra.provisionUser(user)).outcome).toBe("found");
  expect(http.sent.at(-1)?.method).toBe("GET");
  const married = { ...user, displayName: "Sinéad Byrne", department: "Metrology", workEmail: "s.byrne@example.com" };
  expect((await entra.provisionUser(married)).outcome).toBe("updated");
  expect(http.sent.at(-1)?.body?.Operations).toEqual([
    { op: "Replace", path: "displayName", value: "Sinéad Byrne" },
    { op: "Replace", path: 'emails[type eq "work"].value', value: "s.byrne@example.com" },
    { op: "Replace", path: `${ENTERPRISE_USER}:department`, value: "Metrology" },
  ]);
});

test("Entra ID finds somebody who was renamed by externalId and replaces the userName", async () => {
  const http = standIn();
  const entra = entraClient(http);
  await entra.provisionUser(user);
  expect((await entra.provisionUser({ ...user, userName: "sinead@example.com" })).outcome).toBe("updated");
  expect(http.sent.at(-1)?.body?.Operations).toEqual([
    { op: "Replace", path: "userName", value: "sinead@example.com" },
  ]);
});

test("Entra ID sends a manager as a bare id, once", async () => {
  const http = standIn();
  const entra = entraClient(http);
  const { resource } = await entra.provisionUser(user);
  expect(await entra.setManager(resource, "id-9")).toBe(true);
  expect(http.sent.at(-1)?.body?.Operations).toEqual([
    { op: "Replace", path: `${ENTERPRISE_USER}:manager`, value: "id-9" },
  ]);
  expect(await entra.setManager((await entra.provisionUser(user)).resource, "id-9")).toBe(false);
});

test("Entra ID creates a group without members, with Microsoft's own URN, and adds members a few at a time", async () => {
  const http = standIn();
  const entra = entraClient(http);
  const created = await entra.provisionGroup({ ...group, members: [] });
  const members = Array.from({ length: 7 }, (_, index) => ({ id: `m${index}`, userName: `m${index}` }));
  expect(await entra.addMembers(created, members)).toBe(7);
  expect(http.sent.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `GET /Groups?excludedAttributes=members&filter=displayName eq "The \\"Friday\\" club"`,
    "POST /Groups",
    "GET /Groups/id-1?excludedAttributes=members",
    "PATCH /Groups/id-1",
    "PATCH /Groups/id-1",
  ]);
  expect(http.sent[1]?.body).toEqual({
    schemas: [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
    externalId: "g-1",
    displayName: 'The "Friday" club',
    meta: { resourceType: "Group" },
  });
  expect(http.sent[4]?.body?.Operations).toEqual([
    {
      op: "Add",
      path: "members",
      value: [
        { $ref: null, value: "m5" },
        { $ref: null, value: "m6" },
      ],
    },
  ]);
  expect(await entra.addMembers(await entra.provisionGroup({ ...group, members: [] }), members)).toBe(0);
});

test("Okta searches with a page and creates a user with a password and groups: []", async () => {
  const http = standIn();
  await oktaClient(http).provisionUser(user);
  expect(http.sent[0]?.path).toBe(`/Users?filter=userName eq "sinéad.o'neill@example.com"&startIndex=1&count=100`);
  expect(http.sent[1]?.body).toMatchObject({ groups: [], active: true, externalId: user.externalId });
  expect(http.sent[1]?.body?.password).toEqual(expect.any(String));
});

test("Okta switches a user off by PATCH without a path", async () => {
  const http = standIn();
  await oktaClient(http).provisionUser({ ...user, active: false });
  expect(http.sent.at(-1)?.body?.Operations).toEqual([{ op: "replace", value: { active: false } }]);
});

test("Okta updates a user by reading it and PUTting back the whole, with what it does not know itself", async () => {
  const http = standIn();
  const okta = oktaClient(http);
  await okta.provisionUser(user);
  const stored = http.resources.get("/Users/id-1");
  Object.assign(stored ?? {}, {
    nickName: "Shin",
    emails: [...[stored?.emails].flat(), { type: "home", value: "s@example.net" }],
  });
  expect((await okta.provisionUser({ ...user, title: "Optician" })).outcome).toBe("updated");
  const put = http.sent.at(-1);
  expect(put).toMatchObject({ method: "PUT", path: "/Users/id-1" });
  expect(put?.body).toMatchObject({ id: "id-1", title: "Optician", nickName: "Shin", groups: [] });
  expect(put?.body?.emails).toEqual([
    { primary: true, type: "work", value: "sinead@example.com" },
    { type: "home", value: "s@example.net" },
  ]);
  expect((await okta.provisionUser({ ...user, title: "Optician" })).outcome).toBe("found");
});

test("Okta sets a manager by PUT and keeps the rest of the enterprise extension", async () => {
  const http = standIn();
  const okta = oktaClient(http);
  const { resource } = await okta.provisionUser(user);
  expect(await okta.setManager(resource, "id-9")).toBe(true);
  expect(http.sent.at(-1)?.body?.[ENTERPRISE_USER]).toEqual({ department: "Optics", manager: { value: "id-9" } });
});

test("Okta creates a group with members: [] and repeats its name before it adds members", async () => {
  const http = standIn();
  const okta = oktaClient(http);
  const created = await okta.provisionGroup({ ...group, members: [] });
  await okta.addMembers(created, [{ id: "m1", userName: "one@example.com" }]);
  expect(http.sent[1]?.body).toEqual({ schemas: [GROUP], displayName: 'The "Friday" club', members: [] });
  expect(http.sent.slice(-2).map(({ body }) => body?.Operations)).toEqual([
    [{ op: "replace", value: { id: "id-1", displayName: 'The "Friday" club' } }],
    [{ op: "add", path: "members", value: [{ value: "m1", display: "one@example.com" }] }],
  ]);
});
