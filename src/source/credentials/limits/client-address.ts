import type { HasAddress } from "../../../protocol/client-address.ts";

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** Longer texts are not addresses. */
const MAX_LENGTH = 64;

/** The address of the client, as the adapter or the runtime sets it; undefined if neither does. */
export function addressOf(request: Request): string | undefined {
  const { ip } = request as HasAddress;
  return typeof ip === "string" && ip !== "" ? ip : undefined;
}

/** Whose failures count together: one IPv4 address, or a network of IPv6 (its first 64 bits), which one client has. */
export function networkOf(address: string): string {
  const [, ipv4] = MAPPED_IPV4.exec(address) ?? [];
  if (ipv4 !== undefined) return ipv4;
  if (!address.includes(":")) return address.slice(0, MAX_LENGTH);
  const [head = "", tail] = address.slice(0, MAX_LENGTH).toLowerCase().split("::");
  const first = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - rest.length);
  const groups = [...first, ...Array.from({ length: zeros }, () => "0"), ...rest];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
