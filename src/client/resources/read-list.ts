import type { Resource } from "../../protocol/resources.ts";
import { isObject } from "../../values/is-object.ts";
import { type AnswerBody, asResource, notScim } from "../http/read-response.ts";
import type { Answer } from "../http/transport.ts";

/** A list response (RFC 7644 section 3.4.2) as it came. */
export interface WireList<T extends Resource> {
  /** Those entries that have an id. */
  readonly resources: readonly (T & { id: string })[];
  /** How many entries there were, with or without an id. */
  readonly received: number;
  /** `totalResults`; undefined if it is missing or makes no sense. */
  readonly total: number | undefined;
  /** Of RFC 9865; undefined at the end, and where pages are not told by cursor. */
  readonly nextCursor: string | undefined;
}

/**
 * Reads a list response: member names in any case, numbers also as text, no entries where there are none.
 *
 * @throws {TransportError} `not-scim` when the body is no list response
 */
export function readList<T extends Resource>(body: AnswerBody, answer: Answer): WireList<T> {
  const members = new Map(Object.entries(body ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const entries = members.get("resources") ?? undefined;
  const total = whole(members.get("totalresults"));
  if ((entries === undefined && total === undefined) || (entries !== undefined && !Array.isArray(entries))) {
    throw notScim(answer, "JSON that is no list of resources");
  }
  const cursor = members.get("nextcursor");
  const list: readonly unknown[] = entries ?? [];
  return {
    resources: list.flatMap((entry) => {
      const resource = isObject(entry) ? asResource<T>(entry) : undefined;
      return typeof resource?.id === "string" ? [resource as T & { id: string }] : [];
    }),
    received: list.length,
    total,
    nextCursor: typeof cursor === "string" && cursor !== "" ? cursor : undefined,
  };
}

function whole(value: unknown): number | undefined {
  const number = typeof value === "string" && /^[0-9]{1,15}$/.test(value.trim()) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
