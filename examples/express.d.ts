// The part of Express that the examples use; the package brings no types.
declare module "express" {
  import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

  export type Router = (request: IncomingMessage, response: ServerResponse) => void;
  export interface ExpressApp extends RequestListener {
    set(setting: "query parser", parse: (text: string | undefined) => object): void;
    get(path: string, handler: (request: IncomingMessage, response: ServerResponse) => void): void;
    use(prefix: string, middleware: (request: IncomingMessage, response: ServerResponse) => void): void;
  }
  function express(): ExpressApp;
  namespace express {
    interface Request extends IncomingMessage {}
  }
  export default express;
}
