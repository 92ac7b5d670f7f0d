import { RequestFailed, type ScimHttp } from "../../examples/accept/scim-http.ts";
import { idOf, isJson, type Json, memberIds } from "../../examples/accept/wire.ts";

/** A request as it was sent. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: Json;
}

/** As much of a service provider as the example's clients talk to, in memory; remembers what it was sent. */
export interface StandIn extends ScimHttp {
  readonly sent: Sent[];
  readonly resources: Map<string, Record<string, unknown>>;
  /** Refuses writes whose path and body contain this text. */
  refuse: string | undefined;
}

export function standIn(): StandIn {
  const resources = new Map<string, Record<string, unknown>>();
  const sent: Sent[] = [];
  let serial = 0;

  const list = (endpoint: string, search: URLSearchParams): Json => {
    const [, attribute = "", literal = '""'] = /^(\w+) eq (.*)$/.exec(search.get("filter") ?? "") ?? [];
    const matches = [...resources.entries()]
      .filter(([key]) => key.startsWith(`${endpoint}/`))
      .map(([, resource]) => resource)
      .filter((resource) => attribute === "" || resource[attribute] === JSON.parse(literal));
    const start = Number(search.get("startIndex") ?? 1) - 1;
    const count = Number(search.get("count") ?? 100);
    return { totalResults: matches.length, Resources: matches.slice(start, start + count) };
  };

  const standInHttp: StandIn = {
    sent,
    resources,
    statuses: new Map(),
    refuse: undefined,
    async get(path) {
      sent.push({ method: "GET", path: decodeURIComponent(path) });
      const url = new URL(path, "http://stand-in.invalid");
      if (url.pathname === "/Users" || url.pathname === "/Groups") return list(url.pathname, url.searchParams);
      return structuredClone(resources.get(url.pathname) ?? {});
    },
    async send(method, path, body) {
      sent.push({ method, path, body });
      const refuse = standInHttp.refuse;
      if (refuse !== undefined && `${path} ${JSON.stringify(body)}`.includes(refuse)) {
        throw new RequestFailed(`${method} ${path}`, 409, "userName is already in use");
      }
      if (method === "POST") {
        const id = `id-${++serial}`;
        resources.set(`${path}/${id}`, { ...body, id });
        return { ...body, id };
      }
      if (method === "PUT") {
        resources.set(path, { ...body });
        return body;
      }
      for (const operation of Array.isArray(body.Operations) ? body.Operations.filter(isJson) : []) {
        apply(resources.get(path) ?? {}, operation);
      }
      return {};
    },
  };
  return standInHttp;
}

function apply(resource: Record<string, unknown>, { path, value }: Json): void {
  if (path === "members" && Array.isArray(value)) {
    resource.members = [...(Array.isArray(resource.members) ? resource.members : []), ...value];
  } else if (path === undefined && isJson(value)) {
    Object.assign(resource, value);
  } else if (typeof path === "string") {
    const [, urn, name] = /^(urn:.*):(\w+)$/.exec(path) ?? [];
    const plain = value === "True" ? true : value === "False" ? false : value;
    if (urn !== undefined && name !== undefined) {
      const before = resource[urn];
      resource[urn] = { ...(isJson(before) ? before : {}), [name]: name === "manager" ? { value } : value };
    } else resource[path] = plain;
  }
}

/** The members of the only group with this name. */
export function membersOf(http: StandIn, displayName: string): string[] {
  const group = [...http.resources.values()].find((resource) => resource.displayName === displayName && resource.id);
  return group === undefined ? [] : [...memberIds(group)].sort();
}

/** The ids of the users, by userName. */
export function userIds(http: StandIn): Map<string, string> {
  const users = [...http.resources.values()].filter((resource) => typeof resource.userName === "string");
  return new Map(users.map((user) => [String(user.userName), idOf(user)]));
}
