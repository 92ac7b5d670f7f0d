import { createTeller } from "../../../observe/events.ts";
import { sealedCredentials } from "../../../storage/state/sealed-credentials.ts";
import type { ResolvedOAuthOptions } from "./oauth-options.ts";
import { TokenHolder, type TokenHolderOptions } from "./token-holder.ts";
import { createTokenStore, type TokenStore } from "./token-store.ts";

/** The collection of the tokens of clients. */
const COLLECTION = "client-tokens";

/** Makes the holder of the tokens that the options describe. */
export function createHolder(
  options: ResolvedOAuthOptions,
  { request, accepts }: Pick<TokenHolderOptions, "request" | "accepts">,
): TokenHolder {
  const { now, sleep, name, observe } = options;
  return new TokenHolder({ request, accepts, store: storeOf(options), now, sleep, name, tell: createTeller(observe) });
}

function storeOf({ storage, keys, name, now, newId }: ResolvedOAuthOptions): TokenStore | undefined {
  if (storage === undefined || keys === undefined) return undefined;
  const { state } = storage;
  return createTokenStore({
    name,
    state,
    credentials: sealedCredentials(state, { keys, collection: COLLECTION }),
    now,
    newId,
  });
}
