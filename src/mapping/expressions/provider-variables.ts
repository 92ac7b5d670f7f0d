import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { frozenView } from "./plain-data.ts";

/** What the variables of a provider's mappings are computed from. */
export interface ProviderVariablesInput {
  /** The application's resource type: that of groups is called `Group`, any other is one of users. */
  readonly type: ResourceType;
  readonly object: DirectoryUser | DirectoryGroup;
  /** What mappings may know of the provider, such as its `name`. No credentials. */
  readonly provider: Readonly<Record<string, unknown>>;
  /** What mappings may know of the link to the remote resource. @default undefined, as long as there is no link */
  readonly link?: Readonly<Record<string, unknown>>;
  /** What identifies the object elsewhere: `subjectId` of a user. @default the object's id */
  readonly subjectId?: string;
}

/** The variables of a provider's mappings; exactly one of `user` and `group` is set. */
export interface ProviderVariables {
  readonly [name: string]: unknown;
  readonly user?: DirectoryUser;
  readonly group?: DirectoryGroup;
  readonly provider: Readonly<Record<string, unknown>>;
  readonly link: Readonly<Record<string, unknown>> | undefined;
  readonly subjectId: string;
  /** The URNs of the schemas that the application's resource type has. */
  readonly schemas: readonly string[];
}

/**
 * The variables that the mappings of a provider see: the object as `user` or `group`, and `provider`, `link`,
 * `subjectId` and `schemas`. They are frozen copies, except values that are not plain data, such as dates.
 *
 * @throws {TypeError} when something nests more than 64 levels deep
 */
export function providerVariables(input: ProviderVariablesInput): ProviderVariables {
  const { type, object, provider, link, subjectId = object.id } = input;
  return Object.freeze({
    [type.name === "Group" ? "group" : "user"]: frozenView(object),
    provider: frozenView(provider) as ProviderVariables["provider"],
    link: frozenView(link) as ProviderVariables["link"],
    subjectId,
    schemas: Object.freeze([type.schema.id, ...type.extensions.map(({ schema }) => schema.id)]),
  });
}
