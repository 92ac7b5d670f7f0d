import { FastURL } from "srvx/node";
import { InvalidSyntaxError } from "../errors/request-errors.ts";
import type { NodeExchange } from "./node-exchange.ts";

/** The URL of an exchange. @throws {InvalidSyntaxError} when the Host header or the request target is not one */
export type UrlReader = (exchange: NodeExchange) => URL;

/** Reads URLs for one adapter; `origin` replaces the Host header. */
export function urlReader(origin: string | undefined): UrlReader {
  const fixed = origin === undefined ? undefined : new URL(origin);
  // Most requests have the same host, so the last one is cached.
  let last = { text: "", url: new URL("http://localhost") };
  const hostOf = ({ req, protocol }: NodeExchange): URL => {
    const encrypted = "encrypted" in req.socket && req.socket.encrypted === true;
    const scheme = (protocol ?? (encrypted ? "https" : "http")) === "https" ? "https" : "http";
    const host = req.headers[":authority"] ?? req.headers.host ?? "localhost";
    const text = `${scheme}://${host}`;
    if (last.text !== text) last = { text, url: parseOrigin(text, String(host)) };
    return last.url;
  };
  return (exchange) => {
    const path = pathOf(exchange.target ?? "/");
    const { protocol, host } = fixed ?? hostOf(exchange);
    const query = path.indexOf("?");
    return new FastURL({
      protocol,
      host,
      pathname: query < 0 ? path : path.slice(0, query),
      search: query < 0 ? "" : path.slice(query),
    });
  };
}

/**
 * The absolute form of RFC 9112 section 3.2.2 is read for its path; its authority is no more trustworthy than the Host
 * header.
 */
function pathOf(target: string): string {
  const absolute = /^https?:/i.test(target) ? URL.parse(target) : null;
  const path = absolute === null ? target : absolute.pathname + absolute.search;
  if (!path.startsWith("/")) throw new InvalidSyntaxError("The request target is not a path");
  return path;
}

function parseOrigin(text: string, host: string): URL {
  const url = /[\s/?#@\\]/.test(host) ? null : URL.parse(text);
  if (url === null) throw new InvalidSyntaxError("The Host header is not a host");
  return url;
}
