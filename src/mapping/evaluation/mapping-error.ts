import { isScimError, ScimError } from "../../errors/scim-error.ts";
import type { TraceStep } from "./trace.ts";

/**
 * A mapping threw, or returned what no mapping may return: 500, naming mapping and resource type and nothing of what
 * went wrong inside, which is the `cause`.
 *
 * A `ScimError` that the expression threw on purpose keeps its status, `scimType` and detail.
 */
export class MappingError extends ScimError {
  override readonly name: string = "MappingError";
  /** The name of the mapping. */
  readonly mapping: string;
  readonly resourceType: string | undefined;
  /** What the mappings before it did. Never sent. */
  readonly trace: readonly TraceStep[];

  constructor(
    mapping: string,
    options: { readonly cause: unknown; readonly resourceType?: string; readonly trace?: readonly TraceStep[] },
  ) {
    const { cause, resourceType, trace = [] } = options;
    const meant = isScimError(cause) ? cause : undefined;
    const subject = `The mapping "${mapping}"${resourceType === undefined ? "" : ` of ${resourceType}`}`;
    const detail = meant === undefined ? `${subject} failed` : `${subject} refused: ${meant.detail}`;
    super(meant?.status ?? 500, detail, { cause, scimType: meant?.scimType });
    this.mapping = mapping;
    this.resourceType = resourceType;
    this.trace = trace;
  }
}
