import type { LinkRepository } from "../links/link-repository.ts";
import { type Sent, TargetUnusableError } from "./classify.ts";
import { type RemoteResource, type RemoteResources, remoteIdOf } from "./resources.ts";

/** How many known resources are read. */
const MOST = 3;

/**
 * Finds out whether an application that returns 404 otherwise responds normally. A 404 proves that a resource is gone
 * only if the application returns another resource that we know.
 */
export class Canary {
  private readonly links: LinkRepository;
  /** The remote ids that were written last, by type, the latest first. */
  private readonly written: Map<string, string[]> = new Map();

  constructor(links: LinkRepository) {
    this.links = links;
  }

  /** Records that a resource was written and accepted. */
  wrote(type: string, remoteId: string): void {
    const others = (this.written.get(type) ?? []).filter((id) => id !== remoteId);
    this.written.set(type, [remoteId, ...others].slice(0, MOST + 1));
  }

  /** Forgets a resource that will be deleted. */
  forget(type: string, remoteId: string): void {
    this.written.set(
      type,
      (this.written.get(type) ?? []).filter((id) => id !== remoteId),
    );
  }

  /**
   * Checks that the application responds normally, whatever it returned for `except`.
   *
   * @throws {TargetUnusableError} if it does not, or if it returns none of three resources that we know
   */
  async prove(objects: { readonly type: string; readonly remote: RemoteResources }, except?: string): Promise<void> {
    const known = await this.knownIds(objects.type, except);
    for (const id of known) {
      const result = await objects.remote.get(id);
      if (isItself(result, id)) return;
      throwIfUnreachable(result);
    }
    if (known.length === MOST) {
      throw new TargetUnusableError(
        "The application returns none of the resources that it had, so its 404 responses prove nothing",
        {
          fault: "emptyTarget",
        },
      );
    }
    await this.proveListing(objects.remote);
  }

  private async knownIds(type: string, except: string | undefined): Promise<string[]> {
    const written = (this.written.get(type) ?? []).filter((id) => id !== except);
    const stored = written.length >= MOST ? [] : await this.links.remoteIds(type, { except, take: MOST });
    return [...new Set([...written, ...stored])].slice(0, MOST);
  }

  /** Without known resources, a listing that SCIM can read must be enough. */
  private async proveListing(remote: RemoteResources): Promise<void> {
    const listed = await remote.probe();
    if (listed.event === "succeeded") return;
    throwIfUnreachable(listed);
    const found = await remote.find({ attribute: "externalId", value: "scimkit" }, { isThorough: false });
    throwIfUnreachable(found);
    // A 404 to a look-up means that nothing was found, which does not prove that listings work.
    if (found.event === "succeeded" && (found.value.resources.length > 0 || found.value.isSure)) return;
    throw new TargetUnusableError(
      "The application responds with 404, and other requests show no SCIM service provider",
      {
        fault: "notAlive",
        cause: listed.error,
      },
    );
  }
}

/** @throws {TargetUnusableError} for a failure that says nothing about the resource: no response, a 429 or a 5xx */
function throwIfUnreachable(result: Sent<unknown>): void {
  if (result.event !== "unknown" && result.event !== "notSent") return;
  const { error } = result;
  const reason = error instanceof Error ? error.message : String(error);
  throw new TargetUnusableError(`The application does not respond normally: ${reason}`, {
    fault: "notAlive",
    cause: error,
  });
}

function isItself(result: Sent<RemoteResource>, id: string): boolean {
  return result.event === "succeeded" && remoteIdOf(result.value) === id;
}
