/** What went wrong with an etcd; each code is explained in docs/errors.md. */
export type EtcdErrorCode =
  | 'ERR_ETCD_UNREACHABLE'
  | 'ERR_ETCD_CERTIFICATE'
  | 'ERR_ETCD_REFUSED'
  | 'ERR_ETCD_DENIED'
  | 'ERR_ETCD_COMPACTED'
  | 'ERR_ETCD_LOST'
  | 'ERR_ETCD_TIMEOUT'
  | 'ERR_ETCD_ANSWER'
  | 'ERR_ETCD_DUMP';

/** What an {@link EtcdError} knows beside its message. */
export interface EtcdErrorDetails {
  /** Who was asked. */
  readonly endpoint?: string;
  /** What each endpoint came to. */
  readonly attempts?: readonly EtcdError[];
  /** What was changed before it is gone. */
  readonly compactRevision?: bigint;
  /** The name of gRPC for etcd's answer. */
  readonly status?: string;
  /** What it came of. */
  readonly cause?: unknown;
}

/** An etcd that did not answer, or answered something else than what was asked for. Recognise it by `code`. */
export class EtcdError extends Error {
  /** Always `'EtcdError'`. */
  override readonly name = 'EtcdError';
  /** What went wrong. */
  readonly code: EtcdErrorCode;
  /** Who was asked, as it was given; null where it was several, or a file. */
  readonly endpoint: string | null;
  /** What each endpoint came to, where several were tried. */
  readonly attempts: readonly EtcdError[];
  /** With `ERR_ETCD_COMPACTED`: what was changed before this revision is gone; null where etcd did not say. */
  readonly compactRevision: bigint | null;
  /** etcd's answer by the names of gRPC, such as `PERMISSION_DENIED`; null where there was none. */
  readonly status: string | null;

  constructor(code: EtcdErrorCode, message: string, details: EtcdErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.endpoint = details.endpoint ?? null;
    this.attempts = details.attempts ?? [];
    this.compactRevision = details.compactRevision ?? null;
    this.status = details.status ?? null;
  }
}
