import type { ResolvedFilter } from "../../filter/resolved.ts";
import { URN } from "../../protocol/urns.ts";
import type { ResolvedPath, ResourceType } from "../../schema/attributes/definition.ts";
import { resolvePath } from "../../schema/attributes/resolve-path.ts";
import { project } from "../../schema/resources/project.ts";
import type { StoredResource } from "../../storage/stored-resource.ts";
import { isObject } from "../../values/is-object.ts";
import { partitionOf, type RequestContext } from "../requests/context.ts";
import { locationOf } from "./location.ts";
import type { Shown } from "./related.ts";

/** The work of looking a manager up. */
const MANAGER = 400;

/** What a response shows of managers, by their id. */
export type Managers = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/**
 * `displayName` and `$ref` of the managers of these resources, where the response shows them and the storage does not hold
 * them (RFC 7643 section 4.3). They are looked up together. A manager who is unknown is left out.
 */
export async function managersOfAll(requestContext: RequestContext, all: readonly Shown[]): Promise<Managers> {
  const [first] = all;
  const type = first && typeOfManagers(first.part.type);
  if (type === undefined) return new Map();
  const ids = new Set(all.flatMap((shown) => managerToShow(shown) ?? []));
  if (ids.size === 0) return new Map();
  requestContext.work.spend(MANAGER * ids.size, "showing the names of managers");
  const found = await lookUp(requestContext, type, [...ids]);
  const { baseUrl } = requestContext.context;
  return new Map(
    found.map(({ id, attributes: { displayName } }) => [id, { displayName, $ref: locationOf(baseUrl, type, id) }]),
  );
}

/** The same resource with what is known of its manager. */
export function withManager(resource: StoredResource, managers: Managers): StoredResource {
  const manager = managerOf(resource);
  const known = typeof manager?.value === "string" ? managers.get(manager.value) : undefined;
  if (known === undefined) return resource;
  const enterprise = resource.attributes[URN.enterpriseUser] as object;
  const attributes = {
    ...resource.attributes,
    [URN.enterpriseUser]: { ...enterprise, manager: { ...known, ...manager } },
  };
  return { ...resource, attributes };
}

/** Whether a path is that of the name of a manager, which is not stored. */
export function isManagerName({ extension, attribute, sub }: ResolvedPath): boolean {
  return extension === URN.enterpriseUser && attribute?.name === "manager" && sub?.name === "displayName";
}

/** Managers are users of the same type. */
function typeOfManagers(type: ResourceType): ResourceType | undefined {
  const hasManager = type.extensions.some(({ schema }) => schema.id === URN.enterpriseUser);
  return hasManager && type.schema.id === URN.user ? type : undefined;
}

function managerOf({ attributes }: StoredResource): Readonly<Record<string, unknown>> | undefined {
  const enterprise = attributes[URN.enterpriseUser];
  return isObject(enterprise) && isObject(enterprise.manager) ? enterprise.manager : undefined;
}

/** The manager's id, if the response shows more of the manager than is stored. */
function managerToShow({ part, resource }: Shown): string | undefined {
  const manager = managerOf(resource);
  if (typeof manager?.value !== "string" || manager.displayName !== undefined) return undefined;
  const whole = { [URN.enterpriseUser]: { manager: { value: "", displayName: "", $ref: "" } } };
  const shown = managerOf({ ...resource, attributes: project(whole, part.type, part.projection) });
  return shown?.displayName === undefined && shown?.$ref === undefined ? undefined : manager.value;
}

async function lookUp(
  requestContext: RequestContext,
  type: ResourceType,
  ids: readonly string[],
): Promise<readonly StoredResource[]> {
  const { resources } = requestContext.context;
  const partition = partitionOf(requestContext, type);
  const omit = type.schema.attributes.map(({ name }) => name).filter((name) => name !== "displayName");
  const options = { omit: [...omit, ...type.extensions.map(({ schema }) => schema.id)] };
  const filter = anyOf(type, ids);
  if (filter !== undefined && ids.length > 1 && resources.capabilities.filter(filter)) {
    const { work } = requestContext;
    return (await resources.list(partition, { ...options, filter, take: ids.length, work })).resources;
  }
  const found = await Promise.all(ids.map((id) => resources.find(partition, id, options)));
  return found.filter((resource) => resource !== undefined);
}

function anyOf(type: ResourceType, ids: readonly string[]): ResolvedFilter | undefined {
  const path = resolvePath(type, { schema: undefined, attribute: "id", sub: undefined, position: 0 });
  if (path === undefined) return undefined;
  return { type: "or", terms: ids.map((value) => ({ type: "comparison", path, operator: "eq", value })) };
}
