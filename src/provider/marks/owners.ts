import type { StateStorage } from "../../storage/state-storage.ts";
import type { Storage } from "../../storage/storage.ts";
import { providerId } from "../links/provider-identity.ts";

/** What is needed of a provider to find its immutable id. */
export interface Named {
  readonly tenant: string;
  readonly name: string;
  readonly storage: Storage;
}

/** The immutable ids of the providers of this process. They own the providers' records. */
export class Owners<Provider extends Named> {
  private readonly ids: Map<Provider, string> = new Map();
  private readonly providers: Map<string, Provider> = new Map();

  /**
   * A provider's id. Pass `tx.state` within a transaction of its storage. An id that is created in a transaction is not
   * cached, since the transaction may fail.
   */
  async idOf(provider: Provider, state: StateStorage = provider.storage.state): Promise<string> {
    const known = this.ids.get(provider);
    if (known !== undefined) return known;
    const id = await providerId(state, provider, () => crypto.randomUUID());
    if (state === provider.storage.state) {
      this.ids.set(provider, id);
      this.providers.set(id, provider);
    }
    return id;
  }

  /** The provider with this id, if it belongs to this process and its id is known. */
  find(id: string): Provider | undefined {
    return this.providers.get(id);
  }
}
