import type { AnyMapping, MappingVariables } from "../expressions/define-mapping.ts";
import { replacementOf, skipReasonOf } from "../expressions/markers.ts";
import { isPlainObject } from "../expressions/plain-data.ts";
import { type MappingError, mappingError } from "./mapping-error.ts";
import { mergeMapped } from "./merge.ts";
import { type MappingStep, noOwners, traceChanges } from "./trace.ts";

/** When and for what mappings are evaluated. */
export interface MappingContext {
  /** Whether the object is created or changed. */
  readonly phase: "create" | "update";
  /** Mappings for another type are left out; errors name it. @default mappings for every type apply */
  readonly resourceType?: string;
  /** The name of the object in errors, such as `ada@example.com (42)`. @default errors do not name it */
  readonly object?: string;
}

/** The merged result, or the mapping that skipped the object and its reason; in both cases what each mapping did. */
export type MappingOutcome =
  | { readonly value: Record<string, unknown>; readonly trace: readonly MappingStep[] }
  | {
      readonly skipped: { readonly mapping: string; readonly reason: string };
      readonly trace: readonly MappingStep[];
    };

/**
 * Evaluates mappings in the given order and merges their results. If a mapping skips the object, later mappings are not
 * evaluated. The result becomes a promise at the first mapping that returns one.
 *
 * @throws {MappingError} when a mapping throws or rejects, or returns a value that is not a plain object
 */
export function evaluateMappings(
  ordered: readonly AnyMapping[],
  variables: MappingVariables,
  context: MappingContext,
): MappingOutcome | Promise<MappingOutcome> {
  const state: Evaluation = { value: {}, trace: [], owners: noOwners(), context };
  const evaluateFrom = (first: number): MappingOutcome | Promise<MappingOutcome> => {
    for (const [offset, mapping] of ordered.slice(first).entries()) {
      if (!applies(mapping, context)) {
        state.trace.push({ mapping: mapping.name, outcome: "not applied", changes: [] });
        continue;
      }
      const result = inMapping(state, mapping, () => mapping.expression(variables));
      if (isThenable(result)) {
        const settled = Promise.resolve(result).catch((cause: unknown) => {
          throw failed(state, mapping, cause);
        });
        return settled.then((value) => take(state, mapping, value) ?? evaluateFrom(first + offset + 1));
      }
      const ended = take(state, mapping, result);
      if (ended !== undefined) return ended;
    }
    return { value: state.value, trace: state.trace };
  };
  return evaluateFrom(0);
}

/** What has been merged so far. */
interface Evaluation {
  value: Record<string, unknown>;
  readonly trace: MappingStep[];
  readonly owners: ReturnType<typeof noOwners>;
  readonly context: MappingContext;
}

/** Merges the result of a mapping. Returns the outcome if that ends the evaluation. @throws {MappingError} */
function take(state: Evaluation, mapping: AnyMapping, result: unknown): MappingOutcome | undefined {
  return inMapping(state, mapping, () => {
    const { trace } = state;
    const { name } = mapping;
    const reason = skipReasonOf(result);
    if (reason !== undefined) {
      trace.push({ mapping: name, outcome: "skipped", changes: [] });
      return { skipped: { mapping: name, reason }, trace };
    }
    if (result === undefined || result === null) {
      trace.push({ mapping: name, outcome: "nothing", changes: [] });
      return undefined;
    }
    if (!isPlainObject(result) || replacementOf(result) !== undefined) {
      throw new TypeError("A mapping must return a plain object, nothing, or skip(reason)");
    }
    state.value = mergeMapped(state.value, result);
    const changes = traceChanges(result, name, state.owners);
    trace.push({ mapping: name, outcome: changes.length === 0 ? "nothing" : "applied", changes });
    return undefined;
  });
}

/** Runs a part of a mapping; an error becomes a `MappingError`. */
function inMapping<T>(state: Evaluation, mapping: AnyMapping, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw failed(state, mapping, cause);
  }
}

function failed({ context, trace }: Evaluation, { name }: AnyMapping, cause: unknown): MappingError {
  return mappingError(name, { cause, resourceType: context.resourceType, object: context.object, trace });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function applies(mapping: AnyMapping, context: MappingContext): boolean {
  if (mapping.apply === "create" && context.phase !== "create") return false;
  const { resourceType } = mapping;
  return resourceType === undefined || context.resourceType === undefined || resourceType === context.resourceType;
}
