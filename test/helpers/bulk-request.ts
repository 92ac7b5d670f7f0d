import type { Answered, App } from "./scim-app.ts";
import { GROUP, USER } from "./scim-app.ts";

export const BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
export const BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/** The result of one operation. */
export interface Result {
  readonly method: string;
  readonly bulkId?: string;
  readonly version?: string;
  readonly location?: string;
  readonly status: string;
  readonly response?: { readonly status: string; readonly scimType?: string; readonly detail: string };
}

/** A bulk request. */
export function bulk(operations: readonly unknown[], more: object = {}): object {
  return { schemas: [BULK_REQUEST], ...more, Operations: operations };
}

/** Sends a bulk request that must be answered with 200, and returns the results of its operations. */
export async function sendBulk(
  app: Pick<App, "send">,
  operations: readonly object[],
  more: object = {},
): Promise<Result[]> {
  const answer: Answered = await app.send("POST", "/Bulk", bulk(operations, more));
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body.Operations as Result[];
}

export function statuses(results: readonly Result[]): string[] {
  return results.map((result) => result.status);
}

/** The operation that creates a user, with the user's name for its bulkId. */
export function postUser(userName: string, more: object = {}): object {
  return { method: "POST", path: "/Users", bulkId: userName, data: { schemas: [USER], userName, ...more } };
}

/** The operation that creates a group with members given by their ids or references, with the group's name for its bulkId. */
export function postGroup(displayName: string, members: readonly string[] = []): object {
  const data = { schemas: [GROUP], displayName, members: members.map((value) => ({ value })) };
  return { method: "POST", path: "/Groups", bulkId: displayName, data };
}

/** The id at the end of a result's location. */
export function idOf(result: Result | undefined): string {
  return result?.location?.split("/").at(-1) ?? "";
}
