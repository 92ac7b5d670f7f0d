import type { Resource } from "../../protocol/resources.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { countOf } from "../../values/count.ts";
import { isObject } from "../../values/is-object.ts";
import { memberInAnyCase } from "../../values/member-in-any-case.ts";
import type { HttpResponse } from "../http/http-request.ts";
import { asResource, notScim, type ResponseBody } from "../http/read-response.ts";

/** A list response (RFC 7644 section 3.4.2). */
export interface WireList<T extends Resource> {
  /** The entries that have an id. */
  readonly resources: readonly (T & { id: string })[];
  /** The number of entries, with or without an id. */
  readonly received: number;
  /** `totalResults`; undefined if it is missing or invalid. */
  readonly total: number | undefined;
  /** The cursor of the next page (RFC 9865); undefined on the last page, and where paging is by index. */
  readonly nextCursor: string | undefined;
}

/**
 * Reads a list response: names in any case, numbers also as text. `Resources` may be missing.
 *
 * @throws {TransportError} `not-scim` when the body is not a list response
 */
export function readList<T extends Resource>(
  body: ResponseBody,
  response: HttpResponse,
  type: ResourceType,
): WireList<T> {
  const entries = memberInAnyCase(body, "Resources") ?? undefined;
  const total = countOf(memberInAnyCase(body, "totalResults"));
  if ((entries === undefined && total === undefined) || (entries !== undefined && !Array.isArray(entries))) {
    throw notScim(response, "JSON that is not a list of resources");
  }
  const cursor = memberInAnyCase(body, "nextCursor");
  const list: readonly unknown[] = entries ?? [];
  return {
    resources: list.flatMap((entry) => {
      const resource = isObject(entry) ? asResource<T>(entry, type) : undefined;
      return typeof resource?.id === "string" ? [resource as T & { id: string }] : [];
    }),
    received: list.length,
    total,
    nextCursor: typeof cursor === "string" && cursor !== "" ? cursor : undefined,
  };
}
