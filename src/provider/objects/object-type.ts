import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { Document, MatchKey } from "../links/link.ts";
import type { RemoteResource, RemoteResources } from "../remote/resources.ts";
import type { UpdateMode } from "../remote/update-mode.ts";
import type { DeprovisionPolicy } from "./deprovisioning.ts";
import { type DepartureCause, ScopeUnknownError, type ScopeVerdict } from "./scope.ts";

/** An object as it is now: what is known about it before its link is read. */
export type ObjectState =
  | {
      readonly inScope: true;
      /** The desired state of its resource. */
      readonly document: Document;
      /** The document for a create, which has more if some mappings apply to creates only. Mapped at the first call. */
      creation(): Promise<MappedObject>;
      /** Whether it refers to something that the application does not have yet. */
      readonly isWaiting: boolean;
      readonly label: string;
    }
  | { readonly inScope: false; readonly cause: DepartureCause; readonly detail: string; readonly label?: string };

/** One type of object that a provider pushes. Users and groups differ only in this. */
export interface ObjectType {
  readonly type: ResourceType;
  readonly remote: RemoteResources;
  /** The attribute that names a resource: `userName`, `displayName`. */
  readonly nameAttribute: string;
  /** How it is written. Called before each write, since a rejection may have changed it. */
  updateMode(): Promise<UpdateMode>;
  /** Whether resources of the type can be deactivated: they have an `active`. */
  readonly canDeactivate: boolean;
  readonly deprovision: DeprovisionPolicy;
  /**
   * What a PUT must contain although it is pushed separately, since the PUT would remove it otherwise: a group's
   * members.
   */
  preserved(id: string, remote: RemoteResource): Promise<Readonly<Record<string, unknown>>>;
  /** Reads many objects as they are now, in the order of `ids`. @throws what the directory throws */
  read(ids: readonly string[]): Promise<ReadObject[]>;
}

/** An object as it is now, with what is needed to map it. */
export interface ReadObject {
  readonly id: string;
  readonly label: string | undefined;
  /** Undefined if the directory does not have it. */
  readonly verdict: ScopeVerdict | ScopeUnknownError | undefined;
  /** Maps it. @throws {ScimError} naming mapping and attribute */
  map(options: { readonly phase: "create" | "update"; readonly externalId: string | undefined }): Promise<MappedObject>;
}

/** The result of the mappings for an object. */
export type MappedObject =
  | {
      /** Attributes with null must have no value, even if somebody else set one. */
      readonly document: Document;
      /** Sent with a create and never stored: a password. */
      readonly secrets: Readonly<Record<string, unknown>>;
      /** Whether it refers to something that the application does not have yet. */
      readonly isWaiting: boolean;
    }
  | { readonly skipped: string };

/** The keys by which a document can be found: `externalId` first, then its name. */
export function matchKeysOf(objects: ObjectType, document: Document): MatchKey[] {
  return ["externalId", objects.nameAttribute].flatMap((attribute) => {
    const value = document[attribute];
    return typeof value === "string" && value !== "" ? [{ attribute, value }] : [];
  });
}

/**
 * The current state of an object, as an event of the link table.
 *
 * @throws {ScopeUnknownError} when it is unknown whether it is in scope
 * @throws {MappingInvalidError} when the result of the mappings cannot be sent
 * @throws {MappingError} when a mapping throws
 */
export async function stateOf(
  object: ReadObject,
  options: { readonly isNew: boolean; readonly externalId: string | undefined },
): Promise<ObjectState> {
  const { isNew, externalId } = options;
  const label = object.label ?? object.id;
  if (object.verdict === undefined)
    return { inScope: false, cause: "deleted", detail: "the directory no longer has it" };
  if (object.verdict instanceof ScopeUnknownError) throw object.verdict;
  if (!object.verdict.inScope) return { ...object.verdict, label };
  let made: Promise<MappedObject> | undefined;
  const creation = (): Promise<MappedObject> => {
    made ??= object.map({ phase: "create", externalId });
    return made;
  };
  const first = isNew ? await creation() : undefined;
  const mapped = first !== undefined && "skipped" in first ? first : await object.map({ phase: "update", externalId });
  if ("skipped" in mapped) return { inScope: false, cause: "skipped", detail: mapped.skipped, label };
  const { document, isWaiting } = mapped;
  return { inScope: true, document, isWaiting, creation, label };
}
