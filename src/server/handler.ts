/**
 * A SCIM service provider as a function. It never rejects: what goes wrong is a SCIM error answer. Any runtime or
 * framework that has `Request` and `Response` can call it as it is; the adapters do it for the others.
 */
export type ScimHandler = (request: Request) => Promise<Response>;
