import { nameWithId } from "../../directory/object-name.ts";
import { ScimError } from "../../errors/scim-error.ts";
import type { MappingStep } from "./trace.ts";

/** What is known about an invalid result. */
export interface MappingInvalidFacts {
  /** The resource type's name. */
  readonly resourceType: string;
  /** The directory's id of the object. */
  readonly id: string;
  /** The name of the object; undefined if it has none. */
  readonly label?: string;
  /** The path of the attribute, such as `emails[0].value`; undefined if the fault is not in a single attribute. */
  readonly attribute: string | undefined;
  /** What is wrong, without values. */
  readonly reason: string;
  readonly trace: readonly MappingStep[];
  readonly cause?: unknown;
}

/** The properties of a `MappingInvalidError` besides its text. */
export interface MappingInvalidErrorOptions extends Omit<MappingInvalidFacts, "reason"> {
  /** The mappings that set the attribute, or a part of it, in their order. */
  readonly mappings: readonly string[];
}

/**
 * The result of the mappings for an object is not a valid resource of its type: 500. The text names the object, the
 * attribute and the mappings that set it. Nothing of the result has been sent.
 */
export class MappingInvalidError extends ScimError {
  override readonly name: string = "MappingInvalidError";
  override readonly code = "SCIM_MAPPING_INVALID";
  readonly resourceType: string;
  /** The directory's id of the object. */
  readonly id: string;
  /** The name of the object; undefined if it has none. */
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
