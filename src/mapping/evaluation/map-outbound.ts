import { labelOf, nameWithId } from "../../directory/object-name.ts";
import { isScimError } from "../../errors/scim-error.ts";
import { findAttribute } from "../../schema/attributes/attribute-index.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { type ReadResource, readResource } from "../../schema/resources/read-resource.ts";
import { isObject } from "../../values/is-object.ts";
import type { AnyMapping } from "../expressions/define-mapping.ts";
import { type ProviderVariablesInput, providerVariables } from "../expressions/provider-variables.ts";
import { evaluateMappings } from "./evaluate-mappings.ts";
import { type MappingInvalidError, type MappingInvalidFacts, mappingInvalidError } from "./mapping-invalid-error.ts";
import type { MappingStep } from "./trace.ts";

/** Options of `mapOutbound`. */
export interface MapOutboundOptions extends ProviderVariablesInput {
  /** In the order in which they apply: see `orderMappings`. */
  readonly mappings: readonly AnyMapping[];
  /** Whether the remote resource is created or changed. */
  readonly phase: "create" | "update";
  /** What to do with unknown attributes: throw an error, or drop and report them. @default "reject" */
  readonly unknown?: "reject" | "drop";
}

/** What is sent to an application for an object, or the mapping that skips the object and its reason. */
export type OutboundOutcome =
  | {
      /** In canonical form, with `schemas` and `externalId`, without `id`, `members`, secrets and what is read-only. */
      readonly resource: Record<string, unknown>;
      /**
       * Values that are never returned, by path: `password`. Only when the resource is created; they must not be
       * stored.
       */
      readonly secrets: Readonly<Record<string, unknown>>;
      /** Paths of attributes that the mappings say have no value: the application's values must be removed. */
      readonly cleared: readonly string[];
      /** Paths that the type does not know and that were left out; only with `unknown: "drop"`. */
      readonly unknown: readonly string[];
      readonly trace: readonly MappingStep[];
    }
  | {
      /** The name of the mapping. */
      readonly skipped: string;
      readonly reason: string;
      readonly trace: readonly MappingStep[];
    };

/**
 * The resource that the mappings of a provider compute for a user or group, validated against the application's resource type.
 *
 * If no mapping sets `externalId`, it is `subjectId`. Mappings must not set members: they are pushed
 * by reference.
 *
 * @throws {MappingInvalidError} when the result is not a resource of the type, or has members
 * @throws {MappingError} when a mapping throws or rejects, or returns a value that is not a plain object
 */
export async function mapOutbound(options: MapOutboundOptions): Promise<OutboundOutcome> {
  const { type, object, mappings, phase } = options;
  const variables = providerVariables(options);
  const label = labelOf(object);
  const context = { phase, resourceType: type.name, object: nameWithId(object.id, label) };
  const outcome = await evaluateMappings(mappings, variables, context);
  const { trace } = outcome;
  if ("skipped" in outcome) return { skipped: outcome.skipped.mapping, reason: outcome.skipped.reason, trace };
  const invalid = (fault: Pick<MappingInvalidFacts, "attribute" | "reason" | "cause">): MappingInvalidError =>
    mappingInvalidError({ resourceType: type.name, id: object.id, label, trace, ...fault });
  const { externalId = variables.subjectId, ...mapped } = outcome.value;
  const members = Object.keys(mapped).find((name) => name.toLowerCase() === "members");
  if (members !== undefined) {
    throw invalid({ attribute: members, reason: "members come from the directory and not from a mapping" });
  }
  const unknown: string[] = [];
  const { resource, secrets, named } = read({ ...mapped, externalId }, type, unknown, invalid);
  const [first] = unknown;
  if (first !== undefined && options.unknown !== "drop") {
    throw invalid({ attribute: first, reason: `${first} is not known to this resource type` });
  }
  const cleared = [...named].filter((path) => isCleared(type, path, { ...resource, ...secrets }));
  return { resource, secrets: phase === "create" ? secrets : {}, cleared, unknown, trace };
}

function read(
  value: Readonly<Record<string, unknown>>,
  type: ResourceType,
  unknown: string[],
  invalid: (fault: Pick<MappingInvalidFacts, "attribute" | "reason" | "cause">) => MappingInvalidError,
): ReadResource {
  try {
    return readResource(value, type, {
      unknown: "drop",
      onUnknown: (path) => unknown.push(path),
      requireSchemas: false,
    });
  } catch (cause) {
    if (!isScimError(cause)) throw cause;
    const attribute = "attribute" in cause && typeof cause.attribute === "string" ? cause.attribute : undefined;
    throw invalid({ attribute, reason: cause.detail, cause });
  }
}

/**
 * Whether an attribute that was named has no value. Attributes that only the service provider sets are never cleared.
 */
function isCleared(type: ResourceType, path: string, values: Readonly<Record<string, unknown>>): boolean {
  if (values[path] !== undefined) return false;
  const extension = type.extensions.find(({ schema }) => path.startsWith(`${schema.id}:`))?.schema.id;
  const name = extension === undefined ? path : path.slice(extension.length + 1);
  const within = extension === undefined ? undefined : values[extension];
  if (isObject(within) && within[name] !== undefined) return false;
  return findAttribute(type, extension, name)?.mutability !== "readOnly";
}
