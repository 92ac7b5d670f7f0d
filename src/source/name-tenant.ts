import type { Observer, ScimEvent } from "../observe/events.ts";

/** An observer of a source's server: adds the tenant to events that lack it, once the source's id is known. */
export function nameTenant(observe: Observer | undefined, tenant: () => string | undefined): Observer | undefined {
  return observe && ((event) => observe(withTenant(event, tenant())));
}

function withTenant(event: ScimEvent, tenant: string | undefined): ScimEvent {
  switch (event.type) {
    case "server.response":
    case "server.operation":
    case "server.error":
    case "server.dialect":
      return tenant === undefined ? event : { ...event, tenant };
    default:
      return event;
  }
}
