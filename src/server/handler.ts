/**
 * A SCIM service provider as a function. It never rejects: errors become SCIM error responses. Runtimes and frameworks
 * with `Request` and `Response` call it directly; the adapters call it for the others.
 */
export type ScimHandler = (request: Request) => Promise<Response>;
