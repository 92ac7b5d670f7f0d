import { errorStatus, isErrorMessage, scimErrorFromWire } from "../../errors/from-wire.ts";
import type { ScimError } from "../../errors/scim-error.ts";
import { TransportError } from "../../errors/transport-error.ts";
import type { Resource } from "../../protocol/resources.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { isObject } from "../../values/is-object.ts";
import { canonicalResource } from "./canonical.ts";
import type { HttpResponse } from "./http-request.ts";
import { retryAfterMs } from "./retry.ts";

/** The body of a successful response; undefined if it is empty. */
export type ResponseBody = Record<string, unknown> | undefined;

/**
 * Reads a response: returns the JSON object of a success, throws the error otherwise.
 *
 * The content type is ignored: what parses as JSON is JSON. A 404 counts as a SCIM response only if its schema or media
 * type says so, or if its body is an empty JSON object. The 404 of a proxy must never be taken for "no such resource".
 *
 * @throws {ScimError} for an error response, even one with a status of success
 * @throws {TransportError} `not-scim` for a response that does not come from a SCIM service provider
 */
export function readResponse(response: HttpResponse, now: () => number): ResponseBody {
  const { status, headers } = response;
  const body = parse(response.text);
  if (status >= 400 || (isErrorMessage(body) && errorStatus(body) !== undefined)) {
    if (status === 404 && !isScimResponse(response, body)) throw notScim(response);
    const allow = headers.get("allow")?.split(",") ?? [];
    const error = scimErrorFromWire(status, body, {
      retryAfterMs: retryAfterMs(headers, now),
      allow: allow.map((method) => method.trim()).filter((method) => method !== ""),
    });
    throw status === 415 ? withMediaType(error, response) : error;
  }
  if (body === undefined) return undefined;
  if (status < 200 || status >= 300 || !isObject(body)) throw notScim(response);
  return body;
}

function withMediaType(error: ScimError, { sentAs }: HttpResponse): ScimError {
  if (sentAs === undefined) return error;
  const other = sentAs === "application/json" ? "application/scim+json" : "application/json";
  return error.withDetail(`${error.detail} (sent as ${sentAs}; the profile's contentType can be "${other}")`);
}

/** The error for a response that does not come from a SCIM service provider. `content`: what it contained instead. */
export function notScim(response: HttpResponse, content?: string): TransportError {
  const { method, route, url, attempt, status, headers } = response;
  const type = headers.get("content-type")?.split(";", 1)[0]?.trim().slice(0, 100) || "no content type";
  return new TransportError(
    `${method} ${route}: the response (${status}) contains ${content ?? `something that is not SCIM (${type})`}`,
    { reason: "not-scim", outcome: "unknown", url, attempt, status },
  );
}

/**
 * The resource in a response; undefined if the body is empty, since a service provider need not return the resource. An
 * id that is a number becomes a string.
 *
 * @throws {TransportError} for JSON with neither id nor schemas
 */
export function readResource<T extends Resource>(
  body: ResponseBody,
  response: HttpResponse,
  type: ResourceType,
): T | undefined {
  if (body === undefined || Object.keys(body).length === 0) return undefined;
  const resource = asResource<T>(body, type);
  if (resource === undefined) throw notScim(response, "JSON that is not a resource");
  return resource;
}

/**
 * A value as a resource: an object with an id or schemas, with its names as the type spells them. Undefined for anything
 * else.
 */
export function asResource<T extends Resource>(value: unknown, type: ResourceType): T | undefined {
  if (!isObject(value)) return undefined;
  const resource = canonicalResource(value, type);
  const isResource = (typeof resource.id === "string" && resource.id !== "") || Array.isArray(resource.schemas);
  return isResource ? (resource as unknown as T) : undefined;
}

/** The parsed JSON, the text itself if it is not JSON, undefined if it is blank. */
function parse(text: string): unknown {
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  if (trimmed === "") return undefined;
  try {
    // A reviver is slow, so it is used only for a text that may contain the name.
    return SPECIAL.test(trimmed) ? JSON.parse(trimmed, readSpecial) : JSON.parse(trimmed);
  } catch {
    return trimmed;
  }
}

/** What may contain the name of the prototype, or a number that is not exact. */
const SPECIAL = /__proto__|\\u005f|[:[,]\s*-?\d{16}/i;

/**
 * Removes a member that would set the prototype of an object that it is assigned to. A whole number that is too large to be
 * exact becomes its text, where the runtime gives it: it can be an id.
 */
function readSpecial(this: unknown, key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (key === "__proto__") return undefined;
  const isInexact = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  const source = context?.source ?? "";
  return isInexact && /^-?\d+$/.test(source) ? source : value;
}

function isScimResponse({ headers }: HttpResponse, body: unknown): boolean {
  if (isErrorMessage(body) || (isObject(body) && Object.keys(body).length === 0)) return true;
  const isScimType = /^\s*application\/scim\+json\s*(;|$)/i.test(headers.get("content-type") ?? "");
  if (isObject(body)) return isScimType || Array.isArray(body.Errors);
  return isScimType && body === undefined;
}
