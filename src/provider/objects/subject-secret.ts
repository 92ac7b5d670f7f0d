import { isPreconditionFailed } from "../../errors/scim-error.ts";
import type { StateStorage } from "../../storage/storage.ts";

const COLLECTION = "settings";
const KEY = "subject-secret";

/** The installation's secret for hashed subject ids: made once, then the same for ever, for all providers on a storage. */
export async function subjectSecret(state: StateStorage): Promise<string> {
  const known = await knownSubjectSecret(state);
  if (known !== undefined) return known;
  try {
    await state.put(COLLECTION, KEY, { secret: crypto.randomUUID() }, { expected: null });
  } catch (error) {
    // Another process was first: its secret is the one.
    if (!isPreconditionFailed(error)) throw error;
  }
  return subjectSecret(state);
}

/** The secret, if there is one already. */
export async function knownSubjectSecret(state: StateStorage): Promise<string | undefined> {
  const known = (await state.get(COLLECTION, [KEY])).get(KEY);
  return typeof known?.value.secret === "string" ? known.value.secret : undefined;
}
