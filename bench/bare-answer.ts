import type { Person } from "./people.ts";

const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/** Answers as a service provider would, and does nothing but read and write JSON for it: status and body. */
export function bareAnswer(method: string, url: string, body: unknown, known: readonly Person[]): [number, unknown] {
  const user = known[0];
  if (method === "POST") return [201, { ...(body as object), id: user?.id, meta: user?.meta }];
  if (method === "PATCH" || !url.includes("?")) return [200, user];
  return [200, { schemas: [LIST], totalResults: 1, startIndex: 1, itemsPerPage: 1, Resources: [user] }];
}
