import { InvalidSyntaxError, InvalidValueError } from "../errors/request-errors.ts";
import { type AttributesByName, indexOf } from "../schema/attributes/attribute-index.ts";
import { isObject } from "../values/is-object.ts";
import { type Assignment, assign } from "./attribute-values.ts";
import type { Operation } from "./dialect.ts";
import type { Draft } from "./draft.ts";
import { removeExtension } from "./mutability.ts";
import { type Mode, unknownAttribute } from "./read-value.ts";
import { assignSchemas, isSchemas } from "./schemas.ts";
import type { AttributeTarget } from "./target.ts";

/**
 * Applies an `add` or `replace` operation (RFC 7644 sections 3.5.2.1 and 3.5.2.3).
 *
 * @throws {InvalidValueError} when the value is missing or does not fit
 * @throws {MutabilityError} for what may not be changed
 * @throws {NoTargetError} when the filter of the path matches nothing
 */
export function assignAt(draft: Draft, operation: Operation, mode: Mode): void {
  const { value, createTarget = false } = operation;
  const target = draft.paths.target(operation.path);
  if (value === undefined) throw new InvalidValueError(`${mode} needs a value`);
  const assignment: Assignment = { mode, value, createTarget };
  if (target.type === "resource") assignResource(draft, assignment);
  else if (target.type === "extension") assignExtension(draft, target.extension, assignment);
  else assignTarget(draft, target, assignment);
}

function assignTarget(draft: Draft, target: AttributeTarget, assignment: Assignment): void {
  if (isSchemas(target) && target.filter === undefined) assignSchemas(draft, assignment.value, assignment.mode);
  else assign(draft, target, assignment);
}

function assignResource(draft: Draft, assignment: Assignment): void {
  const { value, mode } = assignment;
  if (!isObject(value)) throw new InvalidValueError(`${mode} without a path needs an object of attributes`);
  const { core, schemas } = indexOf(draft.type);
  const rest: [string, unknown][] = [];
  const seen = new Set<string>();
  for (const [name, part] of Object.entries(value)) {
    const extension = schemas.get(name.toLowerCase())?.extension;
    if (extension === undefined) {
      rest.push([name, part]);
      continue;
    }
    if (seen.has(extension)) throw new InvalidSyntaxError(`${extension} is given twice`);
    seen.add(extension);
    assignExtension(draft, extension, { ...assignment, value: part });
  }
  assignMembers(draft, { attributes: core.attributes, extension: undefined, members: rest }, assignment);
}

function assignExtension(draft: Draft, urn: string, assignment: Assignment): void {
  const { value, mode } = assignment;
  if (value === null) {
    if (mode === "replace") removeExtension(draft, urn);
    return;
  }
  if (!isObject(value)) throw new InvalidValueError(`${urn} must be an object`, { attribute: urn });
  const attributes = indexOf(draft.type).schemas.get(urn)?.attributes ?? new Map();
  assignMembers(draft, { attributes, extension: urn, members: Object.entries(value) }, assignment);
}

/** Members of an object that are attributes of one schema. */
interface Members {
  readonly attributes: AttributesByName;
  readonly extension: string | undefined;
  readonly members: readonly (readonly [string, unknown])[];
}

function assignMembers(draft: Draft, { attributes, extension, members }: Members, assignment: Assignment): void {
  const prefix = extension === undefined ? "" : `${extension}:`;
  const seen = new Set<string>();
  for (const [name, value] of members) {
    const attribute = attributes.get(name);
    if (attribute === undefined) throw unknownAttribute(prefix + name, extension ?? draft.type.name);
    if (seen.has(attribute.name)) throw new InvalidSyntaxError(`${prefix}${attribute.name} is given twice`);
    seen.add(attribute.name);
    // As in a PUT: only an explicit empty list removes all members.
    if (value === null && attribute === indexOf(draft.type).members) continue;
    const target: AttributeTarget = { type: "attribute", extension, attribute, filter: undefined, sub: undefined };
    assignTarget(draft, target, { ...assignment, value });
  }
}
