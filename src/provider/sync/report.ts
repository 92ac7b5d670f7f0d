import type { ProviderContext } from "../context/provider-context.ts";
import type { SyncReporter } from "./sync-work.ts";

/** Reports the outcome of objects and memberships to the observer: ids and names of attributes, never values. */
export function reporterOf({ tell, name: provider, tenant }: ProviderContext): SyncReporter {
  return {
    object: (objects, outcome) => {
      const { id, did, code, writes, attributes, error, request } = outcome;
      const object = { provider, tenant, resourceType: objects.type.name, id };
      tell(() => ({ type: "provider.object", ...object, did, code, writes, attributes, request }));
      if (did === "failed" && error !== undefined) {
        tell(() => ({ type: "provider.error", ...object, error, request }));
      }
    },
    memberships: (groupId, pushed) => {
      const { added, removed, deferred, writes, refused, error, request } = pushed;
      if (added + removed + deferred + writes === 0 && error === undefined) return;
      const facts = { provider, tenant, groupId, added, removed, deferred, writes, refused };
      tell(() => ({ type: "provider.membership", ...facts }));
      if (error !== undefined) {
        tell(() => ({ type: "provider.error", provider, tenant, resourceType: "Group", id: groupId, error, request }));
      }
    },
    unjudged: (objects, { id, error }) => {
      tell(() => ({ type: "provider.error", provider, tenant, resourceType: objects.type.name, id, error }));
    },
    ended: (error) => {
      tell(() => ({ type: "provider.error", provider, tenant, error }));
    },
  };
}
