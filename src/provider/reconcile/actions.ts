import type { LinkAction, LinkEvent } from "../links/link-events.ts";
import { create, revive } from "./create.ts";
import { confirmGone, lookUp, lookUpBlocked, lookUpHolder, lookUpIntent, lookUpMissing } from "./look-up.ts";
import type { EventOf, Reconciliation } from "./reconciliation.ts";
import { checkDeleted, checkRefused, deactivate, decide, leave, reclaim, remove } from "./remove.ts";
import { compare, update, updateRest } from "./update.ts";

/** Each action leads only to events that have a row in the table; the types ensure this. */
type Actions = Readonly<{ [Action in LinkAction]: (reconciliation: Reconciliation) => Promise<EventOf<Action>> }>;

const ACTIONS: Readonly<Actions> = {
  lookUp,
  lookUpBlocked,
  lookUpIntent,
  lookUpHolder,
  lookUpMissing,
  confirmGone,
  reclaim,
  revive,
  create,
  compare,
  update,
  updateRest,
  decide,
  deactivate,
  delete: remove,
  checkDeleted,
  checkRefused,
  leave,
};

/** Carries out the action of a row of the link table and returns the resulting event. */
export function runAction(reconciliation: Reconciliation, action: LinkAction): Promise<LinkEvent> {
  return ACTIONS[action](reconciliation);
}
