import { NotFoundError } from "../../errors/request-errors.ts";
import { isScimError } from "../../errors/scim-error.ts";
import { applyPatch } from "../../patch/apply-patch.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { foldString } from "../../values/fold.ts";
import type { MatchKey } from "../links/link.ts";
import type { NotDone, Sent } from "./classify.ts";
import type { RemoteOperation, RemoteResource, RemoteResources } from "./resources.ts";

/** Attributes that a provider looks resources up by. */
const KEYS = ["externalId", "userName", "displayName"] as const;

/**
 * An application that is read and never written to: what is written is kept in memory, as an application that accepts
 * everything would show it afterwards. For plans.
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

  constructor(remote: RemoteResources, type: ResourceType) {
    this.remote = remote;
    this.type = type;
  }

  readonly create: RemoteResources["create"] = async (resource) => {
    return this.succeeded(this.keep(`planned-${this.written.size + 1}`, resource));
  };

  readonly get: RemoteResources["get"] = async (id) => {
    const own = this.written.get(id);
    if (own === undefined) return this.remote.get(id);
    return own === null ? this.notFound() : this.succeeded(own);
  };

  readonly find: RemoteResources["find"] = async (key, options) => {
    const found = await this.remote.find(key, options);
    if (found.event !== "succeeded") return found;
    const theirs = found.value.resources.filter(({ id }) => !this.written.has(String(id)));
    const ours = [...(this.byValue.get(indexKey(key)) ?? [])].flatMap((id) => {
      const resource = this.written.get(id);
      return resource !== undefined && resource !== null && holds(resource, key) ? [resource] : [];
    });
    return this.succeeded({ ...found.value, resources: [...theirs, ...ours] });
  };

  readonly probe: RemoteResources["probe"] = () => this.remote.probe();

  readonly replace: RemoteResources["replace"] = async (id, resource) => this.succeeded(this.keep(id, resource));

  readonly patch: RemoteResources["patch"] = async (id, operations) => {
    const own = operations.filter(({ path }) => path?.startsWith("members") !== true);
    // Memberships are known from their rows; a group that is read for them is not needed.
    if (own.length === 0) return this.succeeded(undefined);
    const current = await this.get(id);
    if (current.event !== "succeeded") return current;
    return this.succeeded(this.keep(id, this.patched(current.value, own)));
  };

  readonly delete: RemoteResources["delete"] = async (id) => {
    const own = this.written.get(id);
    if (own === null) return this.notFound();
    this.written.set(id, null);
    return this.succeeded(undefined);
  };

  private patched(resource: RemoteResource, operations: readonly RemoteOperation[]): RemoteResource {
    try {
      return applyPatch(resource, operations, this.type);
    } catch (error) {
      // What the application shows may not be what its type allows: the plan goes on with what it showed.
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
