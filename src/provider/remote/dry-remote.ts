import { NotFoundError, UniquenessError } from "../../errors/request-errors.ts";
import { isScimError } from "../../errors/scim-error.ts";
import { applyPatch } from "../../patch/apply-patch.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { foldString } from "../../values/fold.ts";
import type { MatchKey } from "../links/link.ts";
import type { NotDone, Sent } from "./classify.ts";
import { type RemoteOperation, type RemoteResource, type RemoteResources, remoteIdOf } from "./resources.ts";

/** Attributes that a provider looks resources up by. */
const KEYS = ["externalId", "userName", "displayName"] as const;

/**
 * An application that is read and never written to, for plans. Written resources are kept in memory, as an application
 * would return them that accepts everything except what SCIM forbids: a write to a missing resource, and a unique value
 * that is taken.
 */
export function dryResources(remote: RemoteResources, type: ResourceType): RemoteResources {
  return new DryResources(remote, type);
}

class DryResources implements RemoteResources {
  private readonly remote: RemoteResources;
  private readonly type: ResourceType;
  /** What is written, by id; null for what was deleted. */
  private readonly written: Map<string, RemoteResource | null> = new Map();
  /** Ids of what is written, by attribute and folded value. */
  private readonly byValue: Map<string, Set<string>> = new Map();
  /** Attributes whose values no two resources may have. */
  private readonly unique: readonly string[];
  /** Values that a look-up has certainly not found at the application. */
  private readonly free: Set<string> = new Set();
  /** What was read last, and its id. Most writes follow a read of the same resource. */
  private last: { readonly id: string; readonly read: Sent<RemoteResource> } | undefined;

  constructor(remote: RemoteResources, type: ResourceType) {
    this.remote = remote;
    this.type = type;
    this.unique = type.schema.attributes
      .filter(({ uniqueness = "none" }) => uniqueness !== "none")
      .map(({ name }) => name);
  }

  readonly create: RemoteResources["create"] = async (resource) => {
    const conflict = await this.conflict({ after: resource });
    return conflict ?? this.succeeded(this.keep(`planned-${this.written.size + 1}`, resource));
  };

  readonly get: RemoteResources["get"] = async (id) => {
    const own = this.written.get(id);
    if (own !== undefined) return own === null ? this.notFound() : this.succeeded(own);
    const read = await this.remote.get(id);
    this.last = { id, read };
    return read;
  };

  readonly find: RemoteResources["find"] = async (key, options) => {
    const found = await this.remote.find(key, options);
    if (found.event !== "succeeded") return found;
    if (found.value.isSure && found.value.resources.length === 0) this.free.add(indexKey(key));
    const theirs = found.value.resources.filter(({ id }) => !this.written.has(String(id)));
    return this.succeeded({ ...found.value, resources: [...theirs, ...this.ownWith(key)] });
  };

  readonly probe: RemoteResources["probe"] = () => this.remote.probe();

  readonly replace: RemoteResources["replace"] = async (id, resource) => {
    const current = await this.current(id);
    if (current.event === "notFound") return current;
    const before = current.event === "succeeded" ? current.value : undefined;
    return (await this.conflict({ id, before, after: resource })) ?? this.succeeded(this.keep(id, resource));
  };

  readonly patch: RemoteResources["patch"] = async (id, operations) => {
    const own = operations.filter(({ path }) => path?.startsWith("members") !== true);
    const current = await this.current(id);
    if (current.event === "notFound") return current;
    // Memberships are known from their rows.
    if (own.length === 0) return this.succeeded(undefined);
    if (current.event !== "succeeded") return current;
    const after = this.patched(current.value, own);
    return (await this.conflict({ id, before: current.value, after })) ?? this.succeeded(this.keep(id, after));
  };

  readonly delete: RemoteResources["delete"] = async (id) => {
    const current = await this.current(id);
    if (current.event === "notFound") return current;
    this.written.set(id, null);
    return this.succeeded(undefined);
  };

  /** A resource as it is now, without a request if it was the last one that was read. */
  private async current(id: string): Promise<Sent<RemoteResource>> {
    return this.last?.id === id && !this.written.has(id) ? this.last.read : this.get(id);
  }

  /** The rejection of a write with a value that another resource has. */
  private async conflict(write: {
    /** Undefined for a create. */
    readonly id?: string;
    readonly before?: RemoteResource | undefined;
    readonly after: RemoteResource;
  }): Promise<NotDone | undefined> {
    const { id, before, after } = write;
    for (const attribute of this.unique) {
      const value = after[attribute];
      if (typeof value !== "string" || value === "") continue;
      const key = { attribute, value };
      if ((before !== undefined && holds(before, key)) || !(await this.isTaken(key, id))) continue;
      const request = { method: id === undefined ? "POST" : "PUT", route: this.type.endpoint } as const;
      return { event: "conflict", error: new UniquenessError(`${attribute} is taken`, { attribute }), request };
    }
    return undefined;
  }

  private async isTaken(key: MatchKey, id: string | undefined): Promise<boolean> {
    if (this.ownWith(key).some((resource) => resource.id !== id)) return true;
    if (this.free.has(indexKey(key))) return false;
    const found = await this.find(key, { isThorough: true });
    return found.event === "succeeded" && found.value.resources.some((resource) => remoteIdOf(resource) !== id);
  }

  /** The written resource that has this value. */
  private ownWith(key: MatchKey): RemoteResource[] {
    return [...(this.byValue.get(indexKey(key)) ?? [])].flatMap((id) => {
      const resource = this.written.get(id);
      return resource !== undefined && resource !== null && holds(resource, key) ? [resource] : [];
    });
  }

  private patched(resource: RemoteResource, operations: readonly RemoteOperation[]): RemoteResource {
    try {
      return applyPatch(resource, operations, this.type);
    } catch (error) {
      // What the application returns may not match its type; the plan then continues with what it returned.
      if (isScimError(error)) return resource;
      throw error;
    }
  }

  private keep(id: string, resource: Readonly<Record<string, unknown>>): RemoteResource {
    const kept = { ...resource, id };
    this.written.set(id, kept);
    for (const attribute of KEYS) {
      const value = kept[attribute as keyof typeof kept] as unknown;
      if (typeof value !== "string") continue;
      const key = indexKey({ attribute, value });
      this.byValue.set(key, (this.byValue.get(key) ?? new Set()).add(id));
    }
    return kept;
  }

  private succeeded<T>(value: T): Sent<T> {
    return { event: "succeeded", value };
  }

  private notFound(): NotDone {
    const request = { method: "GET", route: `${this.type.endpoint}/{id}` } as const;
    return { event: "notFound", error: new NotFoundError(), request };
  }
}

function holds(resource: RemoteResource, { attribute, value }: MatchKey): boolean {
  const actual = resource[attribute];
  if (typeof actual !== "string") return false;
  return attribute === "externalId" ? actual === value : foldString(actual) === foldString(value);
}

function indexKey({ attribute, value }: MatchKey): string {
  return `${attribute} ${foldString(value)}`;
}
