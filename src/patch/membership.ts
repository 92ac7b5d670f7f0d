import { findAttribute } from "../schema/attributes/attribute-index.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import type { Operation } from "./dialect.ts";
import { inOperation } from "./operation-errors.ts";
import { readElements } from "./read-value.ts";
import { isReference } from "./reference.ts";
import { type AttributeTarget, resolveTarget } from "./target.ts";

/** A member to add. */
export interface AddedMember {
  /** The id of the member. */
  readonly value: string;
  /** What the client says it is, if it says so. */
  readonly type?: "User" | "Group";
  /** The label the client gave it, if any. */
  readonly display?: string;
}

/** What operations on members come to. No id stands on both sides. */
export interface MembershipOperations {
  readonly add: readonly AddedMember[];
  /** Ids. */
  readonly remove: readonly string[];
}

/**
 * What operations come to that do nothing but add and remove members by their `value`: it can be carried out without
 * reading the group. A later operation on the same member wins.
 *
 * @returns undefined when an operation does anything else, or the type has no members
 * @throws {InvalidValueError} for a value that `applyOperations` would refuse too
 */
export function membershipChange(
  operations: readonly Operation[],
  type: ResourceType,
): MembershipOperations | undefined {
  const attribute = findAttribute(type, undefined, "members");
  if (attribute === undefined || !attribute.multiValued || !isReference(attribute)) return undefined;
  const place: AttributeTarget = {
    type: "attribute",
    extension: undefined,
    attribute,
    filter: undefined,
    sub: undefined,
  };
  const outcome = new Map<string, AddedMember | undefined>();
  for (const operation of operations) {
    const step = inOperation(operation.index, () => readStep(operation, place, type));
    if (step === undefined) return undefined;
    for (const id of step.remove) outcome.set(id, undefined);
    for (const member of step.add) if (outcome.get(member.value) === undefined) outcome.set(member.value, member);
  }
  const add = [...outcome.values()].filter((member) => member !== undefined);
  const remove = [...outcome].flatMap(([id, member]) => (member === undefined ? [id] : []));
  return { add, remove };
}

function readStep(
  operation: Operation,
  members: AttributeTarget,
  type: ResourceType,
): MembershipOperations | undefined {
  if (operation.op === "add") {
    const value = addedValue(operation, members, type);
    return value === undefined ? undefined : { add: readMembers(members, value), remove: [] };
  }
  return operation.op === "remove" && operation.value === undefined ? removedIds(operation, members, type) : undefined;
}

/** The value of an operation that adds members and nothing else. */
function addedValue(operation: Operation, members: AttributeTarget, type: ResourceType): unknown {
  const { value } = operation;
  if (operation.path === undefined) {
    const [only, ...others] = isObject(value) ? Object.entries(value) : [];
    return only !== undefined && others.length === 0 && only[0].toLowerCase() === "members" ? only[1] : undefined;
  }
  const target = resolveTarget(operation.path, type);
  const isWhole = target.type === "attribute" && target.filter === undefined && target.sub === undefined;
  return isWhole && target.attribute === members.attribute ? value : undefined;
}

function removedIds(
  operation: Operation,
  members: AttributeTarget,
  type: ResourceType,
): MembershipOperations | undefined {
  if (operation.path === undefined) return undefined;
  const target = resolveTarget(operation.path, type);
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

function readMembers(members: AttributeTarget, value: unknown): AddedMember[] {
  return readElements(members.attribute, value, members.attribute.name).flatMap((element) => {
    if (!isObject(element) || typeof element.value !== "string") return [];
    const { value: id, type, display } = element;
    const added: AddedMember = {
      value: id,
      ...(type === "User" || type === "Group" ? { type } : {}),
      ...(typeof display === "string" ? { display } : {}),
    };
    return [added];
  });
}
