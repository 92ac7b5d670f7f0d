/** The URL that the endpoints of a service provider begin with. */
export interface BaseUrl {
  /** Without a trailing slash and without query. */
  readonly root: string;
  /** The query of the configured URL, without its question mark; empty if there is none. */
  readonly query: string;
}

/** Names and values of a query. Names with an undefined value are left out. */
export type Query = readonly (readonly [name: string, value: string | number | undefined])[];

const LOOPBACK = /^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])$/;

/**
 * Reads a base URL.
 *
 * @throws {TypeError} when it is not an http or https URL, contains credentials or a fragment, or is a plain http URL of
 * another machine and `allowHttp` is not set (RFC 7644 section 7.2)
 */
export function readBaseUrl(text: string, allowHttp: boolean): BaseUrl {
  const fail = (reason: string): never => {
    throw new TypeError(`createScimClient: baseUrl: ${reason}`);
  };
  if (!URL.canParse(text)) return fail("must be an http or https URL");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") fail("must be an http or https URL");
  if (url.username !== "" || url.password !== "") fail("must not contain credentials; pass them as auth");
  if (url.hash !== "") fail("must not have a fragment");
  if (!allowHttp && !isConfidential(text)) {
    fail("plain http sends credentials unencrypted; use https, or set allowHttp");
  }
  return { root: url.origin + url.pathname.replace(/\/+$/, ""), query: url.search.slice(1) };
}

/** Whether secrets may be sent to a URL: by https, or within this machine. */
export function isConfidential(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || LOOPBACK.test(hostname);
}

/**
 * The URL of a request. `path` begins with a slash and is already encoded; the values of the query are encoded here, with
 * spaces as `%20`.
 */
export function requestUrl(base: BaseUrl, path: string, query: Query = []): string {
  const pairs = query.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(String(value).toWellFormed())}`],
  );
  const search = [base.query, ...pairs].filter((part) => part !== "").join("&");
  return base.root + path + (search === "" ? "" : `?${search}`);
}

/**
 * An id as a segment of a path, with its slash.
 *
 * @throws {TypeError} for an empty id and for `.` and `..`, which would lead to another endpoint
 */
export function idSegment(id: string): string {
  if (typeof id !== "string" || id === "" || id === "." || id === "..") {
    throw new TypeError('the id of a resource must be a string and not empty, "." or ".."');
  }
  return `/${encodeURIComponent(id.toWellFormed())}`;
}

/** A URL without its query, which may contain personal data. */
export function shownUrl(url: string): string {
  return url.split("?", 1)[0] ?? url;
}
