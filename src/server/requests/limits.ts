import * as z from "zod/mini";
import { resolveOptions, wholeNumberOption } from "../../options/resolve-options.ts";

/** The limits beyond which a request is refused. */
export interface ServerLimits {
  /** Largest request body, in bytes; a larger one gets a 413 before it is parsed. @default 2097152 */
  readonly maxBodyBytes: number;
  /** Deepest nesting of objects and arrays in a request body. @default 32 */
  readonly maxJsonDepth: number;
  /** Most operations in one PATCH. @default 10000 */
  readonly maxOperations: number;
  /** Most operations in one bulk request; published as `bulk.maxOperations`. @default 1000 */
  readonly maxBulkOperations: number;
  /** Largest bulk request, in bytes; published as `bulk.maxPayloadSize`. @default 2097152 */
  readonly maxBulkBytes: number;
  /** Longest text in a resource, in bytes. A write beyond it, or beyond the next two limits, gets a 413. @default 524288 */
  readonly maxValueBytes: number;
  /** Most values of an attribute that does not refer to other resources, as `members` does. @default 10000 */
  readonly maxValues: number;
  /** Largest resource without its members, in bytes of its JSON. @default 1048576 */
  readonly maxResourceBytes: number;
  /**
   * Largest response that shows resources, in bytes. A page by cursor ends before it; anything else beyond it gets a 400
   * `tooMany`. @default 33554432
   */
  readonly maxResponseBytes: number;
  /**
   * Most bytes of long responses of one tenant that are made, or not taken by their clients yet, in this process. Further
   * ones get a 503 with `Retry-After`. @default 134217728, or `maxResponseBytes` if that is more
   */
  readonly maxUnsentBytes: number;
  /** Page size if the client does not ask for one; at most `maxPageSize`. @default 100, or `maxPageSize` if that is less */
  readonly defaultPageSize: number;
  /** Largest page size, whatever the client asks for; published as `filter.maxResults`. @default 500 */
  readonly maxPageSize: number;
  /** Longest filter, in characters. @default 10000 */
  readonly maxFilterLength: number;
  /** Deepest nesting of a filter. @default 50 */
  readonly maxFilterDepth: number;
  /** Most comparisons in a filter. @default 500 */
  readonly maxFilterTerms: number;
  /**
   * The work that one request may cause, in units of about 50 nanoseconds: comparisons, values read and values written.
   * Beyond it the request gets a 400 `tooMany` that names what was too much. @default 10000000, about half a second
   */
  readonly maxWork: number;
  /** Most requests of one tenant that are worked on at the same time, in this process. Further ones wait. @default 64 */
  readonly maxConcurrentRequests: number;
  /** Most requests of one tenant that wait; further ones get a 503 with `Retry-After`. @default 1000 */
  readonly maxWaitingRequests: number;
}

const positive = (fallback: number): z.ZodMiniType<number> => wholeNumberOption(fallback, z.positive());

const schema: z.ZodMiniType<ServerLimits> = z.strictObject({
  maxBodyBytes: positive(2_097_152),
  maxJsonDepth: positive(32),
  maxOperations: positive(10_000),
  maxBulkOperations: positive(1000),
  maxBulkBytes: positive(2_097_152),
  maxValueBytes: positive(524_288),
  maxValues: positive(10_000),
  maxResourceBytes: positive(1_048_576),
  maxResponseBytes: positive(33_554_432),
  maxUnsentBytes: positive(134_217_728),
  defaultPageSize: positive(100),
  maxPageSize: positive(500),
  maxFilterLength: positive(10_000),
  maxFilterDepth: positive(50),
  maxFilterTerms: positive(500),
  maxWork: positive(10_000_000),
  maxConcurrentRequests: positive(64),
  maxWaitingRequests: positive(1000),
});

/** Reads the limits once; `owner` begins the message of an error. @throws {TypeError} naming the limit that is wrong */
export function resolveLimits(input: Partial<ServerLimits>, owner: string): ServerLimits {
  const limits = resolveOptions(owner, schema, input);
  const { defaultPageSize, maxPageSize, maxResponseBytes, maxUnsentBytes } = limits;
  if (input.defaultPageSize !== undefined && defaultPageSize > maxPageSize) {
    throw new TypeError(`${owner}: defaultPageSize: must be at most maxPageSize, which is ${maxPageSize}`);
  }
  if (input.maxUnsentBytes !== undefined && maxUnsentBytes < maxResponseBytes) {
    throw new TypeError(`${owner}: maxUnsentBytes: must be at least maxResponseBytes, which is ${maxResponseBytes}`);
  }
  return Object.freeze({
    ...limits,
    defaultPageSize: Math.min(defaultPageSize, maxPageSize),
    maxUnsentBytes: Math.max(maxUnsentBytes, maxResponseBytes),
  });
}
