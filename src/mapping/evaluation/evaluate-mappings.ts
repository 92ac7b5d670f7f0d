import type { Mapping, MappingVariables } from "../expressions/define-mapping.ts";
import { replacementOf, skipReasonOf } from "../expressions/markers.ts";
import { isPlainObject } from "../expressions/plain-data.ts";
import { mappingError } from "./mapping-error.ts";
import { mergeMapped } from "./merge.ts";
import { orderMappings } from "./order-mappings.ts";
import { noOwners, type TraceStep, traceChanges } from "./trace.ts";

/** When and for what mappings are evaluated. */
export interface MappingContext {
  /** Whether the object is being made or changed. */
  readonly phase: "create" | "update";
  /** Mappings for another type are left out; errors name it. @default mappings for every type apply */
  readonly resourceType?: string;
}

/** The merged result, or which mapping skipped the object and why; either way what each mapping did. */
export type MappingOutcome =
  | { readonly value: Record<string, unknown>; readonly trace: readonly TraceStep[] }
  | {
      readonly skipped: { readonly mapping: string; readonly reason: string };
      readonly trace: readonly TraceStep[];
    };

/**
 * Evaluates mappings in the order of their names and merges what they return. A mapping that skips the object ends it:
 * later ones are not evaluated.
 *
 * @throws {MappingError} when a mapping throws, or returns what is no plain object
 * @throws {TypeError} when two mappings have the same name
 */
export function evaluateMappings(
  mappings: readonly Mapping[],
  variables: MappingVariables,
  context: MappingContext,
): MappingOutcome {
  const trace: TraceStep[] = [];
  const owners = noOwners();
  let value: Record<string, unknown> = {};
  for (const mapping of orderMappings(mappings)) {
    const { name } = mapping;
    if (!applies(mapping, context)) {
      trace.push({ mapping: name, outcome: "not applied", changes: [] });
      continue;
    }
    try {
      const result = mapping.expression(variables);
      const reason = skipReasonOf(result);
      if (reason !== undefined) {
        trace.push({ mapping: name, outcome: "skipped", changes: [] });
        return { skipped: { mapping: name, reason }, trace };
      }
      if (result === undefined || result === null) {
        trace.push({ mapping: name, outcome: "nothing", changes: [] });
        continue;
      }
      if (!isPlainObject(result) || replacementOf(result) !== undefined) {
        throw new TypeError("A mapping must return a plain object, nothing, or skip(reason)");
      }
      value = mergeMapped(value, result);
      const changes = traceChanges(result, name, owners);
      trace.push({ mapping: name, outcome: changes.length === 0 ? "nothing" : "applied", changes });
    } catch (cause) {
      throw mappingError(name, { cause, resourceType: context.resourceType, trace });
    }
  }
  return { value, trace };
}

function applies(mapping: Mapping, context: MappingContext): boolean {
  if (mapping.apply === "create" && context.phase !== "create") return false;
  const { resourceType } = mapping;
  return resourceType === undefined || context.resourceType === undefined || resourceType === context.resourceType;
}
