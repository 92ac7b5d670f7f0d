import { InvalidSyntaxError, PayloadTooLargeError } from "../errors/request-errors.ts";
import { URN } from "../protocol/urns.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import type { Work } from "../work/work.ts";
import type { Dialect } from "./dialect.ts";
import { type ReadOperations, readOperations } from "./read-operations.ts";
import { RequestPaths } from "./request-paths.ts";

/** Options of `readPatchRequest`. */
export interface ReadPatchOptions {
  /** Most operations in one request. @default 1000 */
  readonly maxOperations?: number;
  /** What the operations may cost when they are applied. @default about two seconds */
  readonly work?: Work;
}

/** A PATCH request that was read. */
export interface ReadPatch extends ReadOperations {
  /** The paths of the operations, parsed once for everything that follows. */
  readonly paths: RequestPaths;
}

const DEFAULT_MAX_OPERATIONS = 1000;

/**
 * Reads the body of a PATCH request (RFC 7644 section 3.5.2). Without a dialect it is read as in the RFC, but with `op`
 * in any case.
 *
 * @throws {InvalidSyntaxError} when it is not such a message, or an operation is not valid
 * @throws {InvalidPathError} or `InvalidFilterError` for a path that is not valid
 * @throws {PayloadTooLargeError} for too many operations
 */
export function readPatchRequest(
  body: unknown,
  type: ResourceType,
  dialect?: Dialect,
  options: ReadPatchOptions = {},
): ReadPatch {
  if (!isObject(body)) throw new InvalidSyntaxError("The body of a PATCH request must be a JSON object");
  const paths = new RequestPaths(type, options.work);
  const { message, seen } = transformMessage(body, paths, dialect);
  const { schemas, Operations: list } = message;
  if (!Array.isArray(schemas) || !schemas.some((urn) => isPatchOp(urn))) {
    throw new InvalidSyntaxError(`schemas must name ${URN.patchOp}`);
  }
  if (!Array.isArray(list) || list.length === 0) {
    throw new InvalidSyntaxError("Operations must be a list of at least one operation");
  }
  const limit = options.maxOperations ?? DEFAULT_MAX_OPERATIONS;
  if (list.length > limit) throw tooManyOperations(limit);
  const { operations, transforms } = readOperations(list, paths, dialect);
  // A transform can turn one operation into several.
  if (operations.length > limit) throw tooManyOperations(limit);
  return { operations, paths, transforms: [...new Set([...seen, ...transforms])] };
}

function tooManyOperations(limit: number): PayloadTooLargeError {
  return new PayloadTooLargeError(`A PATCH request may have ${limit} operations`, { limit });
}

function isPatchOp(urn: unknown): boolean {
  return typeof urn === "string" && urn.toLowerCase() === URN.patchOp.toLowerCase();
}

function transformMessage(
  body: Readonly<Record<string, unknown>>,
  paths: RequestPaths,
  dialect: Dialect | undefined,
): { readonly message: Readonly<Record<string, unknown>>; readonly seen: readonly string[] } {
  let message = body;
  const seen: string[] = [];
  for (const { name, message: transform } of dialect?.transforms ?? []) {
    const changed = transform?.(message, paths);
    if (changed === undefined) continue;
    seen.push(name);
    message = changed;
  }
  return { message, seen };
}
