/** What a request's URL asks for. */
export interface RequestTarget {
  readonly pathname: string;
  readonly searchParams: URLSearchParams;
}

/**
 * A URL of whose path nothing would be decoded or resolved, and of whose query nothing but what `URLSearchParams` decodes
 * by itself: what most requests have.
 */
const PLAIN = /^https?:\/\/[^/?#@\\\s]+((?:\/[\w~-][\w.~-]*)+)(?:\?([!"$-~]*))?$/;

/** The same as `new URL` gives, and mostly sooner. @throws {TypeError} for what is no URL */
export function requestTarget(url: string): RequestTarget {
  const [, pathname, query = ""] = PLAIN.exec(url) ?? [];
  return pathname === undefined ? new URL(url) : { pathname, searchParams: new URLSearchParams(query) };
}
