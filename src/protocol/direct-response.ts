/**
 * The property with which a handler of this package responds without a `Response` object, for adapters that would only
 * take the object apart again. Other handlers do not have this property.
 */
export const RESPOND_DIRECTLY: unique symbol = Symbol("scimkit: respond without a Response");

/** The property with which a request of our adapters passes its body without a web stream. */
export const READ_CHUNKS: unique symbol = Symbol("scimkit: read a body without a web stream");

/** A text in pieces, as a long body is made. */
export type TextPieces = readonly string[];

/** The content of a `Response`. */
export interface DirectResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, if there is one: a text or, if it is long, its pieces. */
  readonly text: string | TextPieces | undefined;
  /** To be called when a body in pieces was sent, or cannot be sent. More calls do nothing. */
  readonly sent?: () => void;
}

/** A handler that can respond directly. */
export interface RespondsDirectly {
  /** The handler may read the request, but not pass it on to `fetch` or to a new `Request`. Never rejects. */
  readonly [RESPOND_DIRECTLY]: (request: Request) => Promise<DirectResponse>;
}

/** A request whose body can be read without a web stream. */
export interface ReadsChunks {
  /**
   * Passes on the body as it arrives, until it ends or `take` returns false. Undefined if the body was read in another
   * way before. Rejects when the client disconnects.
   */
  readonly [READ_CHUNKS]: (take: (chunk: Uint8Array) => boolean) => Promise<void> | undefined;
}
