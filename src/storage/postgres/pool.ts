/** A connection: what we need of pg's `Client`. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<PostgresResult>;
}

/** The connection of a transaction, as an application uses it: what pg's `Client` has. */
export interface PostgresConnection {
  query<Row = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number | null }>;
}

/** A query in the form that pg takes with options. */
export interface PostgresQuery {
  /** PostgreSQL keeps a statement with a name prepared on that connection. */
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
  readonly types: { getTypeParser(oid: number, format?: string): (value: string) => unknown };
}

/** What we need of pg's result of a query. */
export interface PostgresResult {
  readonly command: string;
  readonly rows: unknown[];
}

/** A connection of a pool: what we need of pg's `PoolClient`. */
export interface PostgresPoolClient extends PostgresClient {
  /** @param destroy whether the connection is not to be used again */
  release(destroy?: boolean): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}

/** What we need of pg's `Pool`. */
export interface PostgresPool {
  /** The settings of pg's `Pool`. */
  readonly options?: { readonly max?: number; readonly connectionTimeoutMillis?: number };
  connect(): Promise<PostgresPoolClient>;
  end(): Promise<void>;
}
