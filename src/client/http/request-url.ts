/** Where a service provider's endpoints are. */
export interface BaseUrl {
  /** Without a trailing slash and without query. */
  readonly root: string;
  /** The query that configuration came with, without its question mark; empty if there is none. */
  readonly query: string;
}

/** Names and values of a query. An undefined value is left out. */
export type Query = readonly (readonly [name: string, value: string | number | undefined])[];

const LOOPBACK = /^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])$/;

/**
 * Reads a base URL.
 *
 * @throws {TypeError} when it is no http or https URL, holds credentials or a fragment, or is plain http to another host
 * than this one without `allowHttp` (RFC 7644 section 7.2)
 */
export function readBaseUrl(text: string, allowHttp: boolean): BaseUrl {
  const fail = (reason: string): never => {
    throw new TypeError(`createScimClient: baseUrl: ${reason}`);
  };
  if (!URL.canParse(text)) return fail("must be an http or https URL");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") fail("must be an http or https URL");
  if (url.username !== "" || url.password !== "") fail("must not hold credentials; give them as auth");
  if (url.hash !== "") fail("must not have a fragment");
  if (url.protocol === "http:" && !allowHttp && !LOOPBACK.test(url.hostname)) {
    fail("plain http would show credentials to the network; use https, or set allowHttp");
  }
  return { root: url.origin + url.pathname.replace(/\/+$/, ""), query: url.search.slice(1) };
}

/**
 * The URL of one request: `path` begins with a slash and is encoded already, values of the query are encoded here, once,
 * with spaces as `%20`.
 */
export function requestUrl(base: BaseUrl, path: string, query: Query = []): string {
  const pairs = query.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(String(value).toWellFormed())}`],
  );
  const search = [base.query, ...pairs].filter((part) => part !== "").join("&");
  return base.root + path + (search === "" ? "" : `?${search}`);
}

/**
 * An id as one segment of a path.
 *
 * @throws {TypeError} for an empty id and for `.` and `..`, which would name another endpoint
 */
export function idSegment(id: string): string {
  if (typeof id !== "string" || id === "" || id === "." || id === "..") {
    throw new TypeError("the id of a resource must be a string that is not empty and no dot segment");
  }
  return `/${encodeURIComponent(id.toWellFormed())}`;
}

/** A URL as it may be shown: without its query. */
export function shownUrl(url: string): string {
  return url.split("?", 1)[0] ?? url;
}
