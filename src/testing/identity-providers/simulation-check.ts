/** What a simulated identity provider checks of the responses to its requests, by name. */
export const CHECKS = {
  reachable: "the handler responds to each request",
  authorized: "the credentials are accepted",
  token: "the token endpoint returns 200 with an access_token",
  lifetime: "expires_in of an access token is from one to six hours",
  json: "a body is a JSON object, and its Content-Type is application/scim+json or application/json",
  list: "a look-up returns 200 and a ListResponse",
  total: "totalResults is a number, and not smaller than the number of resources of the page",
  empty: "a look-up without a match returns 200 and totalResults 0",
  filter: "a look-up returns only resources that match its filter",
  found: "a look-up finds the resource that was created",
  conflict: "after a 409, a look-up finds the resource that has the value",
  created: "a POST returns 201",
  id: "the response to a POST has an id that is a non-empty string",
  echo: "the response to a POST shows what was sent",
  schemas: "a resource lists its schema in schemas",
  active: "a user shows active as a boolean",
  password: "no response shows a password",
  read: "a resource can be read by its id",
  updated: "a PATCH returns 200 or 204, and a PUT returns 200",
  updatedBody: "a 200 has the resource with the same id as its body",
  shown: "a change is shown when the resource is read again",
  kept: "an attribute that was not changed keeps its value",
  deactivated: "a deactivated user can be read and found",
  deleted: "a DELETE returns 204, or 404 if the resource is already deleted",
  gone: "a deleted resource is a 404",
  error: "a 404 has a SCIM error with schemas and status as its body",
  excluded: "excludedAttributes=members leaves out the members",
  members: "a group has exactly the members that were sent",
  paging: "pages follow startIndex, and have each resource once",
} as const;

/** The name of a check of a simulated identity provider. */
export type SimulationCheck = keyof typeof CHECKS;

/** What an identity provider does when a check fails. A check that it does not have is not made. */
export type Consequences = Readonly<Partial<Record<SimulationCheck, string>>>;
