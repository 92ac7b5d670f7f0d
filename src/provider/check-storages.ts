import type { ScimEvent } from "../observe/events.ts";
import type { Storage } from "../storage/storage.ts";
import type { Provider } from "./create-provider.ts";
import type { ProvisioningSource, ResolvedProvisioningOptions } from "./provisioning-options.ts";

type Warning = Extract<ScimEvent, { type: "provisioning.warning" }>;

/** The storages of providers, each once. */
export function storagesOf(providers: readonly Provider[]): readonly Storage[] {
  return [...new Set(providers.map((provider) => provider.storage))];
}

/** The providers for which a source's changes can be marked: those with the same storage. */
export function providersOf({ storage }: ProvisioningSource, providers: readonly Provider[]): readonly Provider[] {
  return storage === undefined ? providers : providers.filter((provider) => provider.storage === storage);
}

/**
 * If a source and a provider have different storages, a change cannot be marked for the provider in the transaction
 * that makes it. The provider finds the change in its next full sync.
 *
 * @throws {TypeError} for a source whose changes no provider would ever find, and for one for which this is unknown
 */
export function checkStorages({ providers, sources, schedule }: ResolvedProvisioningOptions): Warning[] {
  const warnings: Warning[] = [];
  if (sources.length === 0 || providers.length === 0) return warnings;
  for (const [index, source] of sources.entries()) {
    const name = `createProvisioning: sources.${index}`;
    if (source.storage === undefined && storagesOf(providers).length > 1) {
      throw new TypeError(`${name}: must have a storage property, since the providers have several storages`);
    }
    if (providersOf(source, providers).length > 0) continue;
    if (schedule === false) {
      throw new TypeError(
        `${name}: its changes reach no provider, since no provider has its storage and there is no schedule`,
      );
    }
    const reason = "No provider has the storage of this source: its changes reach them with their next full sync only";
    warnings.push({ type: "provisioning.warning", reason, source: source.slug ?? `${index}` });
  }
  for (const provider of providers) {
    if (sources.some((source) => providersOf(source, [provider]).length > 0)) continue;
    const reason = "No source has the storage of this provider: their changes reach it with its next full sync only";
    warnings.push({ type: "provisioning.warning", reason, provider: provider.name, tenant: provider.tenant });
  }
  return warnings;
}
