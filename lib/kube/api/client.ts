import type { JsonObject } from '../../document/json.ts';

/** How to reach an API server. Certificates and keys are the contents of PEM files. */
export interface ApiConnection {
  /** `https://10.0.0.1:6443`, with a path or without. */
  readonly server: string;
  /** Who must have signed its certificate; default: the authorities that Node knows. */
  readonly ca?: Uint8Array;
  /** The client's certificate, and those between it and its CA. */
  readonly cert?: Uint8Array;
  /** The key of {@link cert}. */
  readonly key?: Uint8Array;
  /** Is sent with each request. */
  readonly token?: Uint8Array;
  /** The name that its certificate must have, where it is not the server's. */
  readonly serverName?: string;
}

/** What {@link openApi} may be told. */
export interface ApiOptions {
  /** Milliseconds for each answer. Default: 5000. */
  readonly timeout?: number;
  /** Gives up when it is aborted: all calls of the client. */
  readonly signal?: AbortSignal;
}

/** What a call may be told. */
export interface ApiGetOptions {
  /** Parameters behind the path. */
  readonly query?: Readonly<Record<string, string>>;
  /** Gives up when it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Asks an API server of Kubernetes. It only reads. Close it, or declare it with `using`.
 *
 * Errors, of each call: {@link ApiError}, AbortError.
 */
export interface ApiClient extends Disposable {
  /** Who is asked, to be named in messages. */
  readonly server: string;
  /** The JSON at a path such as `/api/v1/pods`, of at most 32 MiB; null where there is none (404). */
  get(path: string, options?: ApiGetOptions): Promise<JsonObject | null>;
  /** Ends its connections. Can be called again. */
  close(): void;
}

/**
 * Makes a client of an API server. Nothing is asked yet. Its certificate must be of `ca`, and for its name: there is no way to take
 * any.
 *
 * Errors: a UsageError.
 */
export async function openApi(connection: ApiConnection, options: ApiOptions = {}): Promise<ApiClient> {
  const { connectApi } = await import('./connect.ts');
  return connectApi(connection, options);
}
