import { nameWithId } from "../../directory/object-name.ts";
import { ScimError } from "../../errors/scim-error.ts";
import type { MappingStep } from "./trace.ts";

/** What there is to say of a result that is not valid. */
export interface MappingInvalidFacts {
  /** The resource type's name. */
  readonly resourceType: string;
  /** The directory's id of the object. */
  readonly id: string;
  /** What people call the object; undefined if it has no name. */
  readonly label?: string;
  /** The attribute as SCIM writes paths, `emails[0].value`; undefined where the fault is in none alone. */
  readonly attribute: string | undefined;
  /** What is wrong, without values. */
  readonly reason: string;
  readonly trace: readonly MappingStep[];
  readonly cause?: unknown;
}

/** What a `MappingInvalidError` carries besides its sentence. */
export interface MappingInvalidErrorOptions extends Omit<MappingInvalidFacts, "reason"> {
  /** The mappings that set the attribute, or a part of it, in their order. */
  readonly mappings: readonly string[];
}

/**
 * What mappings made of an object is not a valid resource of its type: 500, naming object, attribute and the mappings that
 * set the attribute. Nothing of it has been sent.
 */
export class MappingInvalidError extends ScimError {
  override readonly name: string = "MappingInvalidError";
  override readonly code = "SCIM_MAPPING_INVALID";
  readonly resourceType: string;
  /** The directory's id of the object. */
  readonly id: string;
  /** What people call the object; undefined if it has no name. */
  readonly label: string | undefined;
  readonly attribute: string | undefined;
  /** The mappings that set the attribute, or a part of it, in their order; none where it is missing. */
  readonly mappings: readonly string[];
  /** What each mapping did. */
  readonly trace: readonly MappingStep[];

  constructor(detail: string, options: MappingInvalidErrorOptions) {
    super(detail, { cause: options.cause });
    this.resourceType = options.resourceType;
    this.id = options.id;
    this.label = options.label;
    this.attribute = options.attribute;
    this.mappings = options.mappings;
    this.trace = options.trace;
  }
}

/** The error for a result that is not valid. */
export function mappingInvalidError(facts: MappingInvalidFacts): MappingInvalidError {
  const { resourceType, id, label, attribute, reason, trace } = facts;
  const mappings = attribute === undefined ? [] : mappingsOf(attribute, trace);
  const named = mappings.map((name) => `"${name}"`).join(", ");
  const who = attribute === undefined ? "" : named === "" ? " (no mapping sets it)" : ` (set by ${named})`;
  const detail = `The mappings of ${resourceType} ${nameWithId(id, label)} give no valid resource: ${reason}${who}`;
  return new MappingInvalidError(detail, { ...facts, mappings });
}

function mappingsOf(attribute: string, trace: readonly MappingStep[]): string[] {
  const path = attribute.replaceAll(/\[\d+\]/g, "");
  return trace
    .filter((step) => step.changes.some((change) => isWithin(path, change.path) || isWithin(change.path, path)))
    .map((step) => step.mapping);
}

/** Whether a path is another or a part of it; names in any case. */
function isWithin(path: string, whole: string): boolean {
  const [inner, outer] = [path.toLowerCase(), whole.toLowerCase()];
  return inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}:`);
}
