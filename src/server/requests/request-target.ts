/** The path and the query of a request's URL. */
export interface RequestTarget {
  readonly pathname: string;
  readonly searchParams: URLSearchParams;
}

/**
 * A URL whose path needs no decoding or resolving, and whose query needs no decoding but that of `URLSearchParams`.
 * Most requests have one.
 */
const PLAIN = /^https?:\/\/[^/?#@\\\s]+((?:\/[\w~-][\w.~-]*)+)(?:\?([!"$-~]*))?$/;

/**
 * The path and the query of a URL. Beside a space that is sent as `%20`, a plus sign is a plus sign (RFC 3986); otherwise
 * it is a space, as HTML forms have it.
 *
 * @throws {TypeError} for an invalid URL
 */
export function requestTarget(url: string): RequestTarget {
  const [, pathname, query = ""] = PLAIN.exec(url) ?? [];
  if (pathname !== undefined) return { pathname, searchParams: new URLSearchParams(withPluses(query)) };
  const parsed = new URL(url);
  return { pathname: parsed.pathname, searchParams: new URLSearchParams(withPluses(parsed.search)) };
}

function withPluses(query: string): string {
  return query.includes("+") && query.includes("%20") ? query.replaceAll("+", "%2B") : query;
}
