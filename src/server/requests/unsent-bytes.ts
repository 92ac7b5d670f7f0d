import { UnavailableError } from "../../errors/request-errors.ts";

/** A client that takes its responses frees their bytes within this time, in milliseconds. */
const RETRY_AFTER_MS = 1000;

/**
 * Counts the bytes of long responses that are being made, or that wait until their clients take them. Without a limit
 * clients that read slowly, or not at all, could fill the memory of the process.
 */
export class UnsentBytes {
  private readonly limit: number;
  private readonly byTenant: Map<string, number> = new Map();

  /** @param limit the most bytes of one tenant */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** The bytes of one response, none yet. */
  begin(): UnsentResponse {
    let tenant = "";
    let bytes = 0;
    return {
      add: (owner, more) => {
        const held = (this.byTenant.get(owner) ?? 0) + more;
        if (held > this.limit) {
          throw new UnavailableError("Too many large responses are being sent: receive them first", {
            retryAfterMs: RETRY_AFTER_MS,
          });
        }
        tenant = owner;
        bytes += more;
        this.byTenant.set(owner, held);
      },
      release: () => {
        const left = (this.byTenant.get(tenant) ?? 0) - bytes;
        bytes = 0;
        if (left > 0) this.byTenant.set(tenant, left);
        else this.byTenant.delete(tenant);
      },
    };
  }
}

/** The bytes of a response that is not sent yet. */
export interface UnsentResponse {
  /**
   * Adds bytes to those of a tenant.
   *
   * @throws {UnavailableError} when they are more than the tenant may have at the same time; then none are added
   */
  add(tenant: string, bytes: number): void;
  /** Takes all of them away again. To be called when the response was sent, or cannot be sent; more calls do nothing. */
  release(): void;
}
