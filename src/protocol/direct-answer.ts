/**
 * Under this name a handler of this package answers without a `Response`, for adapters that would only take it apart
 * again. A handler of anyone else's has no such property, and is given a `Request` for a `Response`.
 */
export const ANSWER_DIRECTLY: unique symbol = Symbol("scimkit: answer without a Response");

/** Under this name a request of our adapters gives its body without a stream of the web. */
export const READ_CHUNKS: unique symbol = Symbol("scimkit: read a body without a web stream");

/** What a `Response` would say. */
export interface DirectAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body; without it there is none. */
  readonly text: string | undefined;
}

/** What a handler has that can answer directly. */
export interface AnswersDirectly {
  /** The request may be read, and not be handed on to `fetch` or to a new `Request`. Never rejects. */
  readonly [ANSWER_DIRECTLY]: (request: Request) => Promise<DirectAnswer>;
}

/** What a request has whose body can be read without a web stream. */
export interface ReadsChunks {
  /**
   * Hands the body over as it comes, until it ends or `take` says false. Undefined if the body was taken in another way
   * before. Rejects when the client goes away.
   */
  readonly [READ_CHUNKS]: (take: (chunk: Uint8Array) => boolean) => Promise<void> | undefined;
}
