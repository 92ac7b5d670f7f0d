import { isScimError, ScimError, type ScimErrorOptions } from "../../errors/scim-error.ts";
import type { MappingStep } from "./trace.ts";

/** The properties of a `MappingError` besides its text. */
export interface MappingErrorOptions extends ScimErrorOptions {
  readonly mapping: string;
  readonly resourceType?: string | undefined;
  readonly trace?: readonly MappingStep[];
}

/**
 * A mapping threw, or returned what no mapping may return: 500. The text names mapping and resource type; the error of
 * the mapping is only in `cause`.
 *
 * A `ScimError` that the expression threw on purpose keeps its status, `scimType` and detail.
 */
export class MappingError extends ScimError {
  override readonly name: string = "MappingError";
  override readonly code = "SCIM_MAPPING";
  /** The name of the mapping. */
  readonly mapping: string;
  readonly resourceType: string | undefined;
  /** What the mappings before it did. Never sent. */
  readonly trace: readonly MappingStep[];

  constructor(detail: string, options: MappingErrorOptions) {
    super(detail, options);
    this.mapping = options.mapping;
    this.resourceType = options.resourceType;
    this.trace = options.trace ?? [];
  }
}

/** The error for a mapping that threw `cause`. `object` is the name of the object in the text. */
export function mappingError(
  mapping: string,
  { object, ...options }: Omit<MappingErrorOptions, "mapping" | "status"> & { readonly object: string | undefined },
): MappingError {
  const { cause, resourceType } = options;
  const meant = isScimError(cause) ? cause : undefined;
  const whose = [resourceType, object].filter((part) => part !== undefined).join(" ");
  const subject = `The mapping "${mapping}"${whose === "" ? "" : ` of ${whose}`}`;
  const detail = meant === undefined ? `${subject} failed` : `${subject} refused: ${meant.detail}`;
  return new MappingError(detail, { ...options, mapping, status: meant?.status, scimType: meant?.scimType });
}
