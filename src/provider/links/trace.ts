import type { LinkState } from "./link.ts";
import type { LinkAction, LinkEvent } from "./link-events.ts";

/** One step in the life of a link. */
export interface LinkStep {
  readonly state: LinkState;
  readonly event: LinkEvent;
  readonly next: LinkState;
  readonly action: LinkAction | undefined;
}
