import { findAttribute } from "../schema/attributes/attribute-index.ts";
import { isReference } from "../schema/attributes/reference.ts";
import { foldString } from "../values/fold.ts";
import { isObject } from "../values/is-object.ts";
import type { Operation } from "./dialect.ts";
import { inOperation } from "./operation-errors.ts";
import { type MembershipChange, type PendingMember, pendingMembers } from "./pending-member.ts";
import { readElements } from "./read-value.ts";
import type { RequestPaths } from "./request-paths.ts";
import type { AttributeTarget } from "./target.ts";

/** The operations of a PATCH, those on members apart. */
export interface SplitOperations {
  /** The result of the operations that only add and remove members by their `value`: the group is not read for it. */
  readonly members: MembershipChange;
  /** All other operations, in their order. */
  readonly rest: readonly Operation[];
}

/**
 * Splits operations into those that only add and remove members by their `value`, and all others. A later operation on
 * the same member wins.
 *
 * @returns undefined when the type has no members, and when the group must be read
 * @throws {InvalidValueError} for a value that `applyOperations` would refuse too
 */
export function splitMembership(operations: readonly Operation[], paths: RequestPaths): SplitOperations | undefined {
  const attribute = findAttribute(paths.type, undefined, "members");
  if (attribute === undefined || !attribute.multiValued || !isReference(attribute)) return undefined;
  const place: AttributeTarget = {
    type: "attribute",
    extension: undefined,
    attribute,
    filter: undefined,
    sub: undefined,
  };
  const outcome = new Map<string, PendingMember | undefined>();
  const rest: Operation[] = [];
  for (const operation of operations) {
    const step = inOperation(operation.index, () => readStep(operation, place, paths));
    if (step === undefined) rest.push(operation);
    for (const id of step?.remove ?? []) outcome.set(id, undefined);
    for (const member of step?.add ?? []) {
      if (outcome.get(member.value) === undefined) outcome.set(member.value, member);
    }
  }
  // The order counts where two ids differ only in case: then the group must be read.
  if (new Set([...outcome.keys()].map(foldString)).size < outcome.size) return undefined;
  const add = [...outcome.values()].filter((member) => member !== undefined);
  const remove = [...outcome].flatMap(([id, member]) => (member === undefined ? [id] : []));
  return { members: { add, remove }, rest };
}

function readStep(operation: Operation, members: AttributeTarget, paths: RequestPaths): MembershipChange | undefined {
  if (operation.op === "add") {
    const value = addedValue(operation, members, paths);
    return value === undefined ? undefined : { add: readMembers(members, value), remove: [] };
  }
  return operation.op === "remove" && operation.value === undefined ? removedIds(operation, members, paths) : undefined;
}

/** The value of an operation that adds members and nothing else. */
function addedValue(operation: Operation, members: AttributeTarget, paths: RequestPaths): unknown {
  const { value } = operation;
  if (operation.path === undefined) {
    const [only, ...others] = isObject(value) ? Object.entries(value) : [];
    return only !== undefined && others.length === 0 && only[0].toLowerCase() === "members" ? only[1] : undefined;
  }
  const target = paths.target(operation.path);
  const isWhole = target.type === "attribute" && target.filter === undefined && target.sub === undefined;
  return isWhole && target.attribute === members.attribute ? value : undefined;
}

function removedIds(operation: Operation, members: AttributeTarget, paths: RequestPaths): MembershipChange | undefined {
  if (operation.path === undefined) return undefined;
  const target = paths.target(operation.path);
  if (target.type !== "attribute" || target.attribute !== members.attribute || target.sub !== undefined) {
    return undefined;
  }
  const { filter } = target;
  if (filter === undefined) {
    return operation.removeValues === undefined ? undefined : { add: [], remove: operation.removeValues };
  }
  const isById = filter.terms?.length === 1 && filter.value !== undefined && operation.removeValues === undefined;
  return isById ? { add: [], remove: [filter.value] } : undefined;
}

function readMembers({ attribute }: AttributeTarget, value: unknown): PendingMember[] {
  return pendingMembers(readElements(attribute, value, attribute.name));
}
