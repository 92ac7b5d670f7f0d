// A server in a process of its own: `http-server.ts <kind>`. Told "reset" it begins anew with a thousand users, told
// "cpu" it says how much processor time it has used.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { UnauthorizedError } from "scimkit/errors";
import { toExpress } from "scimkit/express";
import { toNodeListener } from "scimkit/node";
import { bearerTokenOf, createScimHandler, type ScimHandler } from "scimkit/server";
import { memoryStorage } from "scimkit/storage";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";
import { bareAnswer } from "./bare-answer.ts";
import { bareFastify, bareHono, bareKoa, fastifyWith, honoWith, koaWith } from "./http-frameworks.ts";
import { newPerson, people } from "./people.ts";

/** What the comparison needs of Express, whichever types are about. */
interface Express extends RequestListener {
  use(...parts: unknown[]): void;
}
const createExpress = express as unknown as { (): Express; json(options: { type: string[] }): unknown };

const USERS = 1_000;
const TOKEN = "bench";
const SCIM = "application/scim+json";

const KINDS: Readonly<Record<string, () => Promise<RequestListener>>> = {
  "bare node:http": async () => bareNode(),
  "toNodeListener on node:http": async () => toNodeListener(await ourHandler()) as RequestListener,
  "bare Express": async () => bareExpress(),
  "toExpress on Express": async () => {
    const app = createExpress();
    app.use("/scim/v2", toExpress(await ourHandler()));
    return app;
  },
  "scimmy-routers on Express": async () => scimmy(),
  "bare Koa": async () => bareKoa(people(USERS)),
  "toKoa on Koa": async () => koaWith(await ourHandler()),
  "bare Fastify": () => bareFastify(people(USERS)),
  "toFastify on Fastify": async () => fastifyWith(await ourHandler()),
  "bare Hono": async () => bareHono(people(USERS)),
  "toHono on Hono": async () => honoWith(await ourHandler()),
};

async function ourHandler(): Promise<ScimHandler> {
  const handler = createScimHandler({
    storage: memoryStorage(),
    baseUrl: "http://127.0.0.1/scim/v2",
    authenticate: (request) => {
      if (bearerTokenOf(request) !== TOKEN) throw new UnauthorizedError();
      return { id: "bench", tenant: "bench", rights: "write" };
    },
  });
  for (let index = 0; index < USERS; index += 1) {
    const body = JSON.stringify(newPerson(index));
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": SCIM };
    await handler(new Request("http://127.0.0.1/scim/v2/Users", { method: "POST", headers, body }));
  }
  return handler;
}

function bareNode(): RequestListener {
  const known = people(USERS);
  return (req: IncomingMessage, res: ServerResponse) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      const body: unknown = chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString("utf8"));
      const [status, answer] = bareAnswer(req.method ?? "", req.url ?? "", body, known);
      const text = JSON.stringify(answer);
      res.writeHead(status, { "content-type": SCIM, "content-length": Buffer.byteLength(text) }).end(text);
    });
  };
}

function bareExpress(): RequestListener {
  const known = people(USERS);
  const app = createExpress();
  app.use("/scim/v2", createExpress.json({ type: [SCIM] }), bare);
  return app;
  function bare(req: IncomingMessage & { body: unknown }, res: ServerResponse & Sender): void {
    const [status, answer] = bareAnswer(req.method ?? "", req.url ?? "", req.body, known);
    res.status(status).type(SCIM).send(JSON.stringify(answer));
  }
}

interface Sender {
  status(status: number): Sender;
  type(type: string): Sender;
  send(text: string): void;
}

/** What the handlers of a resource type are told and give, as far as they need it. */
interface Declared {
  ingress(handler: (resource: Asked, data: object) => unknown): Declared;
  egress(handler: (resource: Asked) => unknown): Declared;
  degress(handler: (resource: Asked) => unknown): Declared;
}
type Asked = { readonly id?: string; readonly filter?: { match(all: unknown[]): unknown[] } };

/** The handlers of the routers' own manual, over a map. */
function scimmy(): RequestListener {
  const users = new Map<string, Record<string, unknown>>();
  let last = 0;
  const save = (id: string, data: object): Record<string, unknown> => {
    const lastModified = new Date().toISOString();
    const created = (users.get(id)?.meta as { created?: string } | undefined)?.created ?? lastModified;
    const meta = { resourceType: "User", created, lastModified };
    const user = { ...JSON.parse(JSON.stringify(data)), id, meta };
    users.set(id, user);
    return user;
  };
  const newId = (): string => {
    last += 1;
    return String(last);
  };
  for (let index = 0; index < USERS; index += 1) save(newId(), newPerson(index));
  SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser as never, false as never);
  SCIMMY.Resources.declare(SCIMMY.Resources.User as never);
  const user = SCIMMY.Resources.User as unknown as Declared;
  user
    .ingress(({ id }, data) => save(id ?? newId(), data))
    .egress(({ id, filter }) => {
      if (id === undefined) return filter?.match([...users.values()]) ?? [...users.values()];
      return users.get(id);
    })
    .degress(({ id }) => users.delete(id ?? ""));
  const app = createExpress();
  const handler = (req: { header(name: string): string | undefined }): string => {
    if (req.header("authorization") !== `Bearer ${TOKEN}`) throw new Error("who is it?");
    return "bench";
  };
  app.use("/scim/v2", new SCIMMYRouters({ type: "bearer", handler } as never));
  return app;
}

const make = KINDS[process.argv[2] ?? ""];
if (make === undefined) throw new TypeError(`http-server.ts needs one of ${Object.keys(KINDS).join(", ")}`);
let listener = await make();
const server = createServer((req, res) => listener(req, res));
// The client's connections stand idle while the others have their turn; none of them is to be cut as it is used again.
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", async (message) => {
  if (message === "reset") {
    listener = await make();
    process.send?.("done");
  } else if (message === "cpu") {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: user + system });
  }
});
process.on("disconnect", () => process.exit());
