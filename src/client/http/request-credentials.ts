/** The request that credentials are asked for. */
export interface AuthorizedRequest {
  readonly method: string;
  /** Whole, with its query: some schemes sign it. */
  readonly url: string;
  readonly signal?: AbortSignal | undefined;
}

/** A client's credentials, refreshed for all its requests at once. */
export interface RequestCredentials {
  headers(request: AuthorizedRequest): Promise<Headers>;
  /** Headers unlike `refused`, after a refresh if it takes one; undefined if there are none to be had. */
  renewed(request: AuthorizedRequest, refused: Headers): Promise<Headers | undefined>;
}
