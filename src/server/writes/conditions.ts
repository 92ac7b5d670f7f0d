import { PreconditionFailedError, PreconditionRequiredError } from "../../errors/request-errors.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { partitionOf, type RequestContext } from "../requests/context.ts";
import { untilUncontested } from "./contention.ts";

/**
 * The entity tag of a version (RFC 7644 section 3.14). Weak, since it identifies the resource and not the bytes of one
 * of its representations: every projection has the same tag.
 */
export function etagOf(version: string): string {
  return `W/"${encodeURIComponent(version)}"`;
}

/** The version in one of our entity tags; undefined for any other text. */
export function versionOf(etag: string): string | undefined {
  const [, opaque] = /^(?:W\/)?"([^"]*)"$/.exec(etag) ?? [];
  if (opaque === undefined) return undefined;
  try {
    return decodeURIComponent(opaque);
  } catch {
    return undefined;
  }
}

/** Whether the client has this version already, so that a GET need not repeat it (RFC 9110 section 13.1.2). */
export function isKnown({ conditions }: RequestContext, version: string): boolean {
  return conditions.ifNoneMatch !== undefined && namesTag(conditions.ifNoneMatch, etagOf(version));
}

/**
 * Checks before a write that the client's conditions hold for the stored version.
 *
 * @throws {PreconditionFailedError} if they do not
 */
export function requireVersion({ conditions }: RequestContext, version: string): void {
  const { ifMatch, ifNoneMatch } = conditions;
  const etag = etagOf(version);
  if (ifMatch !== undefined && !namesTag(ifMatch, etag))
    throw new PreconditionFailedError(undefined, { actual: version });
  if (ifNoneMatch === undefined || !namesTag(ifNoneMatch, etag)) return;
  throw new PreconditionFailedError("The resource matches If-None-Match", { actual: version });
}

/** Whether a write depends on the stored version, which must then be read first. */
export function isConditional({ conditions }: RequestContext): boolean {
  return conditions.ifMatch !== undefined || conditions.ifNoneMatch !== undefined;
}

/**
 * Does a write to one resource. Without a condition on its version, it is retried after a conflict with another writer;
 * with a condition, the response is then 412.
 *
 * @throws {PreconditionRequiredError} if the handler requires `If-Match` and it is missing
 */
export function writeConditionally<T>(
  requestContext: RequestContext,
  target: { readonly type: ResourceType; readonly id: string },
  attempt: () => Promise<T>,
): Promise<T> {
  const { ifMatch, ifNoneMatch } = requestContext.conditions;
  if (requestContext.context.requireIfMatch && ifMatch === undefined) throw new PreconditionRequiredError();
  // `*` requires that the resource exists, whatever its version is.
  const named = ifMatch?.trim() === "*" ? undefined : ifMatch;
  if (named !== undefined || ifNoneMatch !== undefined) return attempt();
  const partition = partitionOf(requestContext, target.type);
  return untilUncontested({ writers: requestContext.context.writers, partition, id: target.id }, attempt);
}

/** An entity tag, with or without the quotes and the `W/` that clients forget. */
const TAG = /(?:W\/)?(?:"([^"]*)"|([^\s",]+))/gi;

/** Whether a list of entity tags names this one, by weak comparison (RFC 9110 section 8.8.3.2). `*` names every one. */
export function namesTag(header: string, etag: string): boolean {
  if (header.trim() === "*") return true;
  const opaque = etag.slice(3, -1);
  return [...header.matchAll(TAG)].some((tag) => (tag[1] ?? tag[2]) === opaque);
}
