import { Readable } from "node:stream";
import type { ScimHandler } from "../server/handler.ts";
import type { NodeAdapterOptions } from "./adapter-options.ts";
import { bodyStream } from "./body-stream.ts";
import type { NodeRequest, NodeResponse } from "./node-exchange.ts";
import { isResponse } from "./outgoing.ts";
import { createResponder, type Responder } from "./responder.ts";
import { bodyLength, textBody } from "./text-body.ts";

/** What `toFastify` reads of Fastify's request. */
export interface FastifyRequest {
  readonly raw: NodeRequest;
  readonly originalUrl: string;
  readonly protocol: string;
  readonly body: unknown;
  /** Behind a proxy, if the application sets `trustProxy`. */
  readonly ip?: string | undefined;
}

/** What `toFastify` does with Fastify's reply. */
export interface FastifyReply {
  readonly raw: NodeResponse;
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(payload?: unknown): unknown;
}

/** What `toFastify` uses of the part of the application in which it is registered. */
export interface FastifyScope {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(
    type: string,
    parser: (request: FastifyRequest, payload: Readable, done: (error: null, body: unknown) => void) => void,
  ): unknown;
  all(path: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): unknown;
}

/**
 * `app.register(toFastify(handler), { prefix: "/scim/v2" })`: a plugin for Fastify that passes everything under its
 * prefix to `handler`.
 *
 * The application's hooks run and its headers are kept. Its body parsers and its `bodyLimit` do not apply under the
 * prefix, and are what they were elsewhere: the handler reads the body itself and has limits of its own. Otherwise it
 * behaves as `toNodeListener` does.
 *
 * @throws {TypeError} when the handler or an option is wrong
 */
export function toFastify(
  handler: ScimHandler,
  options?: NodeAdapterOptions,
): (scope: FastifyScope, settings: object, done: () => void) => void {
  const responder = createResponder("toFastify", handler, options);
  const reply = (req: FastifyRequest, res: FastifyReply): Promise<unknown> => replyWith(responder, req, res);
  return (scope, _settings, done) => {
    scope.removeAllContentTypeParsers();
    // The unread request, or the stream that a preParsing hook returned.
    scope.addContentTypeParser("*", (_request, payload, parsed) => parsed(null, payload));
    scope.all("/", reply);
    scope.all("/*", reply);
    done();
  };
}

async function replyWith({ respond, tell }: Responder, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { raw: req, originalUrl: target, protocol, ip: address, body } = request;
  const decodedBody = body instanceof Readable && body !== req ? body : undefined;
  const outgoing = await respond({ req, res: reply.raw, target, protocol, address, decodedBody });
  reply.code(outgoing.status);
  const headers = isResponse(outgoing) ? outgoing.headers : Object.entries(outgoing.headers);
  for (const [name, value] of headers) reply.header(name, value);
  if (!isResponse(outgoing)) {
    const { text } = outgoing;
    // As bytes: Fastify would add a charset to the type of a text.
    if (typeof text !== "object") return reply.send(text === undefined ? undefined : Buffer.from(text));
    reply.header("Content-Length", String(bodyLength(text)));
    return reply.send(textBody(text));
  }
  if (outgoing.body === null) return reply.send();
  return reply.send(bodyStream(outgoing.body, reply.raw, (error) => tell(reply.raw, error)));
}
