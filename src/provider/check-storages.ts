import type { ScimEvent } from "../observe/events.ts";
import type { Storage } from "../storage/storage.ts";
import type { Provider } from "./create-provider.ts";
import type { AnnouncedSource, ProvisioningSource, ResolvedProvisioningOptions } from "./provisioning-options.ts";

type Warning = Extract<ScimEvent, { type: "provisioning.warning" }>;

/** The storages of providers, each once. */
export function storagesOf(providers: readonly Provider[]): readonly Storage[] {
  return [...new Set(providers.map((provider) => provider.storage))];
}

/** The providers for which a source's changes can be marked: those with the same storage. */
export function providersOf({ storage }: ProvisioningSource, providers: readonly Provider[]): readonly Provider[] {
  return storage === undefined ? providers : providers.filter((provider) => provider.storage === storage);
}

/** Under which ids a provider is notified of the changes of a source. */
export function idsFor(provider: Provider, { source, announce }: AnnouncedSource): "application" | "scim" {
  if (announce !== undefined) return announce;
  if (source.applicationSide !== "directory") return "scim";
  return readsSource(provider, source) ? "scim" : "application";
}

/** Whether a provider can find the objects of the changes that it is notified of, as far as that is known. */
function canRead(provider: Provider, announced: AnnouncedSource): boolean {
  const { source } = announced;
  if (source.directory === undefined) return true;
  const isApplication = idsFor(provider, announced) === "application";
  if (readsSource(provider, source)) return !isApplication || source.applicationSide !== "directory";
  return isApplication ? source.applicationSide === "directory" : source.applicationSide === "resources";
}

function readsSource(provider: Provider, source: ProvisioningSource): boolean {
  return source.directory !== undefined && provider.directory === source.directory();
}

const UNREADABLE =
  "No provider reads the users of this source under the ids of its changes, so that no change is pushed at once: " +
  "give a provider source.directory(), or the source a directory, or set announce";

/**
 * If a source and a provider have different storages, a change cannot be marked for the provider in the transaction
 * that makes it. The provider finds the change in its next full sync.
 *
 * @throws {TypeError} for a source whose changes no provider would ever find, and for one for which this is unknown
 */
export function checkStorages({ providers, sources, schedule }: ResolvedProvisioningOptions): Warning[] {
  const warnings: Warning[] = [];
  if (sources.length === 0 || providers.length === 0) return warnings;
  for (const [index, announced] of sources.entries()) {
    const { source } = announced;
    const name = `createProvisioning: sources.${index}`;
    if (source.storage === undefined && storagesOf(providers).length > 1) {
      throw new TypeError(`${name}: must have a storage property, since the providers have several storages`);
    }
    const reached = providersOf(source, providers);
    if (reached.length > 0) {
      if (!reached.some((provider) => canRead(provider, announced))) {
        warnings.push({ type: "provisioning.warning", reason: UNREADABLE, source: source.slug ?? `${index}` });
      }
      continue;
    }
    if (schedule === false) {
      throw new TypeError(
        `${name}: its changes reach no provider, since no provider has its storage and there is no schedule`,
      );
    }
    const reason = "No provider has the storage of this source: its changes reach them with their next full sync only";
    warnings.push({ type: "provisioning.warning", reason, source: source.slug ?? `${index}` });
  }
  for (const provider of providers) {
    if (sources.some(({ source }) => providersOf(source, [provider]).length > 0)) continue;
    const reason = "No source has the storage of this provider: their changes reach it with its next full sync only";
    warnings.push({ type: "provisioning.warning", reason, provider: provider.name, tenant: provider.tenant });
  }
  return warnings;
}
