/** What went wrong with an API server; each code is explained in docs/errors.md. */
export type ApiErrorCode =
  | 'ERR_API_UNREACHABLE'
  | 'ERR_API_CERTIFICATE'
  | 'ERR_API_REFUSED'
  | 'ERR_API_DENIED'
  | 'ERR_API_TIMEOUT'
  | 'ERR_API_ANSWER';

/** An API server that did not answer, or answered something else than what was asked for. Recognise it by `code`. */
export class ApiError extends Error {
  /** Always `'ApiError'`. */
  override readonly name = 'ApiError';
  /** What went wrong. */
  readonly code: ApiErrorCode;
  /** Who was asked. */
  readonly server: string;
  /** Of HTTP; null where there was no answer. */
  readonly status: number | null;

  constructor(
    code: ApiErrorCode,
    message: string,
    {
      server,
      status = null,
      cause,
    }: { readonly server: string; readonly status?: number | null; readonly cause?: unknown },
  ) {
    super(`the API server at '${server}': ${message}`, cause === undefined ? {} : { cause });
    this.code = code;
    this.server = server;
    this.status = status;
  }
}
