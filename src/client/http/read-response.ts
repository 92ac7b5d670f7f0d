import { errorStatus, isErrorMessage, scimErrorFromWire } from "../../errors/from-wire.ts";
import { TransportError } from "../../errors/transport-error.ts";
import type { Resource } from "../../protocol/resources.ts";
import { isObject } from "../../values/is-object.ts";
import { retryAfterMs } from "./retry.ts";
import type { Answer } from "./transport.ts";

/** The body of an answer that is none of an error; undefined if it is empty. */
export type AnswerBody = Record<string, unknown> | undefined;

/**
 * Reads an answer: the JSON object of a success, or the error that it stands for.
 *
 * The content type is not asked: what parses as JSON is JSON. A 404 counts as a SCIM answer only if it says so, by its
 * schema or its media type, or is an empty JSON object; a proxy's 404 must never pass for "no such resource".
 *
 * @throws {ScimError} an error answer, also one that came with a status of success
 * @throws {TransportError} `not-scim` where something else than a SCIM service provider answered
 */
export function readAnswer(answer: Answer, now: () => number): AnswerBody {
  const body = parse(answer.text);
  const { status } = answer;
  if (status >= 400 || (isErrorMessage(body) && errorStatus(body) !== undefined)) {
    if (status === 404 && !isScimAnswer(answer, body)) throw notScim(answer);
    const allow = answer.headers.get("allow")?.split(",") ?? [];
    throw scimErrorFromWire(status, body, {
      retryAfterMs: retryAfterMs(answer.headers, now),
      allow: allow.map((method) => method.trim()).filter((method) => method !== ""),
    });
  }
  if (body === undefined) return undefined;
  if (status < 200 || status >= 300 || !isObject(body)) throw notScim(answer);
  return body;
}

/** The failure that stands for an answer of something else than a SCIM service provider. */
export function notScim({ method, route, url, attempt, status, headers }: Answer, said?: string): TransportError {
  const type = headers.get("content-type")?.split(";", 1)[0]?.trim().slice(0, 100) || "no content type";
  return new TransportError(
    `${method} ${route}: answered ${status} with ${said ?? `something that is not SCIM (${type})`}`,
    { reason: "not-scim", outcome: "unknown", url, attempt, status },
  );
}

/**
 * The resource in a body; undefined if there is none, since a service provider need not echo it. An id that is a number
 * becomes a string.
 *
 * @throws {TransportError} when the body is JSON without sense: neither id nor schemas
 */
export function readResource<T extends Resource>(body: AnswerBody, answer: Answer): T | undefined {
  if (body === undefined || Object.keys(body).length === 0) return undefined;
  const resource = asResource<T>(body);
  if (resource === undefined) throw notScim(answer, "JSON that is no resource");
  return resource;
}

/** A value as a resource, if it can be one: an object with an id or schemas. */
export function asResource<T extends Resource>(value: unknown): T | undefined {
  if (!isObject(value)) return undefined;
  if (typeof value.id === "number") return { ...value, id: String(value.id) } as unknown as T;
  const isResource = (typeof value.id === "string" && value.id !== "") || Array.isArray(value.schemas);
  return isResource ? (value as unknown as T) : undefined;
}

/** JSON, the text itself if it is none, undefined if there is nothing but white space. */
function parse(text: string): unknown {
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  if (trimmed === "") return undefined;
  try {
    // A reviver is slow; only a text that can hold the name needs it.
    return /__proto__|\\u005f/i.test(trimmed) ? JSON.parse(trimmed, withoutPrototype) : JSON.parse(trimmed);
  } catch {
    return trimmed;
  }
}

/** Drops what would set a prototype as soon as somebody assigns it to another object. */
function withoutPrototype(this: unknown, key: string, value: unknown): unknown {
  return key === "__proto__" ? undefined : value;
}

function isScimAnswer({ headers }: Answer, body: unknown): boolean {
  if (isErrorMessage(body) || (isObject(body) && Object.keys(body).length === 0)) return true;
  const isScimType = /^\s*application\/scim\+json\s*(;|$)/i.test(headers.get("content-type") ?? "");
  if (isObject(body)) return isScimType || Array.isArray(body.Errors);
  return isScimType && body === undefined;
}
