/** The request that credentials are needed for. */
export interface AuthorizedRequest {
  readonly method: string;
  /** With its query: some authentication schemes sign it. */
  readonly url: string;
  readonly signal?: AbortSignal | undefined;
}

/** The credentials of a client. All its requests share one refresh. */
export interface RequestCredentials {
  headers(request: AuthorizedRequest): Promise<Headers>;
  /** Headers that differ from `refused`, after a refresh if necessary; undefined if there are none. */
  renewed(request: AuthorizedRequest, refused: Headers): Promise<Headers | undefined>;
}
