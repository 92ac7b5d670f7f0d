/** A request that says from which address it came, as those of our adapters and of srvx do. */
export interface HasAddress {
  /** An IPv4 or IPv6 address. */
  readonly ip?: string | undefined;
}
