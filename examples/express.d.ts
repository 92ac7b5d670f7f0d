// The part of Express that the examples use; the package brings no types.
declare module "express" {
  import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

  export interface ExpressApp extends RequestListener {
    use(prefix: string, middleware: (request: IncomingMessage, response: ServerResponse) => void): void;
  }
  export default function express(): ExpressApp;
}
