import type { AnyMapping, MappingVariables } from "../expressions/define-mapping.ts";
import { evaluateMappings, type MappingContext } from "./evaluate-mappings.ts";
import { MappingError } from "./mapping-error.ts";
import { orderMappings } from "./order-mappings.ts";
import type { MappingChange, MappingStep } from "./trace.ts";

/** The result of mappings for an object. Exactly one of `value`, `skipped` and `error` exists. */
export interface MappingPreview {
  readonly value?: Record<string, unknown>;
  readonly skipped?: { readonly mapping: string; readonly reason: string };
  /** Its `cause` says what went wrong inside the mapping. */
  readonly error?: MappingError;
  readonly trace: readonly MappingStep[];
  /** The trace as text: a line for each mapping, an indented one for each attribute it set. Holds no values. */
  readonly text: string;
}

/**
 * Shows the result of mappings for an object without using it: the value, and which mapping set which
 * attribute and replaced what another had set. A mapping that fails is part of the preview.
 *
 * For the mappings of a source, `variables` are `sourceVariables(resource)`.
 *
 * @throws {TypeError} when two mappings have the same place in the order of names
 */
export async function previewMappings(
  mappings: readonly AnyMapping[],
  variables: MappingVariables,
  context: MappingContext = { phase: "create" },
): Promise<MappingPreview> {
  const ordered = orderMappings(mappings);
  try {
    const outcome = await evaluateMappings(ordered, variables, context);
    const reason = "skipped" in outcome ? [`  ${outcome.skipped.reason}`] : [];
    return { ...outcome, text: [...linesOf(outcome.trace), ...reason].join("\n") };
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    const { trace, mapping, cause } = error;
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    return { error, trace, text: [...linesOf(trace), `${mapping}: failed`, `  ${why}`].join("\n") };
  }
}

function linesOf(trace: readonly MappingStep[]): string[] {
  return trace.flatMap((step) => [
    step.outcome === "applied" ? step.mapping : `${step.mapping}: ${step.outcome}`,
    ...step.changes.map((change) => `  ${lineOf(change)}`),
  ]);
}

function lineOf({ path, action, overrides, overriddenBy }: MappingChange): string {
  const over = overrides.length === 0 ? "" : `, overriding ${overrides.join(", ")}`;
  const under = overriddenBy.length === 0 ? "" : `, overridden by ${overriddenBy.join(", ")}`;
  return `${path}: ${action}${over}${under}`;
}
