import { InvalidSyntaxError, PayloadTooLargeError } from "../../errors/request-errors.ts";
import { URN } from "../../protocol/urns.ts";
import { isObject } from "../../values/is-object.ts";
import { shortened } from "../../values/shortened.ts";

/** One operation of a bulk request (RFC 7644 section 3.7), as it was sent. */
export interface BulkOperation {
  /** Its place in the request, from 0. */
  readonly index: number;
  /** In upper case. */
  readonly method: string;
  readonly path: string;
  readonly bulkId: string | undefined;
  /** The version that the resource must have, as an entity tag. */
  readonly version: string | undefined;
  /** Empty if the method needs none and none was sent. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A well-formed bulk request. The data of its operations is checked when they are done. */
export interface BulkRequest {
  readonly operations: readonly BulkOperation[];
  /** The number of errors after which the rest is skipped; undefined for never. */
  readonly failOnErrors: number | undefined;
}

const WITH_DATA: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/**
 * Reads the body of a bulk request. Names of members may come in any case, and methods too.
 *
 * @throws {InvalidSyntaxError} naming the operation and its member, when this is not such a message
 * @throws {PayloadTooLargeError} for more than `maxOperations` operations
 */
export function readBulkRequest(body: Readonly<Record<string, unknown>>, maxOperations: number): BulkRequest {
  const members = membersOf(body, "The request body");
  const schemas = members.get("schemas");
  if (!Array.isArray(schemas) || !schemas.some(isBulkRequest)) {
    throw new InvalidSyntaxError(`schemas must name ${URN.bulkRequest}`);
  }
  const list = members.get("operations");
  if (!Array.isArray(list) || list.length === 0) {
    throw new InvalidSyntaxError("Operations must be a list of at least one operation");
  }
  if (list.length > maxOperations) {
    throw new PayloadTooLargeError(
      `The bulk request has ${list.length} operations, which exceeds the maxOperations (${maxOperations})`,
      { limit: maxOperations },
    );
  }
  const operations = list.map(readOperation);
  requireUniqueBulkIds(operations);
  return { operations, failOnErrors: readFailOnErrors(members.get("failonerrors")) };
}

function isBulkRequest(urn: unknown): boolean {
  return typeof urn === "string" && urn.toLowerCase() === URN.bulkRequest.toLowerCase();
}

function readFailOnErrors(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidSyntaxError("failOnErrors must be an integer of at least 1");
}

function readOperation(value: unknown, index: number): BulkOperation {
  const where = `Operations[${index}]`;
  if (!isObject(value)) throw new InvalidSyntaxError(`${where} must be an object`);
  const members = membersOf(value, where);
  const method = requiredText(members, "method", where).toUpperCase();
  const path = requiredText(members, "path", where);
  const bulkId = method === "POST" ? requiredText(members, "bulkId", where) : optionalText(members, "bulkId", where);
  const version = optionalText(members, "version", where);
  return { index, method, path, bulkId, version, data: readData(members.get("data"), method, where) };
}

function readData(value: unknown, method: string, where: string): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value;
  if (WITH_DATA.has(method)) throw new InvalidSyntaxError(`${where}.data must be an object: ${method} needs it`);
  return {};
}

/** The members of an object by their names in lower case. */
function membersOf(object: Readonly<Record<string, unknown>>, where: string): ReadonlyMap<string, unknown> {
  const members = new Map<string, unknown>();
  for (const [name, value] of Object.entries(object)) {
    const key = name.toLowerCase();
    if (members.has(key)) throw new InvalidSyntaxError(`${where} gives ${shortened(key, 64)} twice`);
    members.set(key, value);
  }
  return members;
}

function requiredText(members: ReadonlyMap<string, unknown>, name: string, where: string): string {
  const value = optionalText(members, name, where);
  if (value === undefined) throw new InvalidSyntaxError(`${where}.${name} is missing`);
  return value;
}

function optionalText(members: ReadonlyMap<string, unknown>, name: string, where: string): string | undefined {
  const value = members.get(name.toLowerCase());
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new InvalidSyntaxError(`${where}.${name} must be a text that is not empty`);
}

function requireUniqueBulkIds(operations: readonly BulkOperation[]): void {
  const first = new Map<string, number>();
  for (const { bulkId, index } of operations) {
    if (bulkId === undefined) continue;
    const other = first.get(bulkId);
    if (other !== undefined) {
      throw new InvalidSyntaxError(`Operations[${index}].bulkId is the same as that of Operations[${other}]`);
    }
    first.set(bulkId, index);
  }
}
