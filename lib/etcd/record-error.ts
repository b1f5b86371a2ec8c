/** What is wrong with a record, or with what it was to be decrypted with; each code is explained in docs/errors.md. */
export type RecordErrorCode =
  | 'ERR_RECORD_MALFORMED'
  | 'ERR_RECORD_UNSUPPORTED'
  | 'ERR_RECORD_ENCRYPTED'
  | 'ERR_RECORD_KEY_UNKNOWN'
  | 'ERR_RECORD_KEY_WRONG'
  | 'ERR_RECORD_TAMPERED'
  | 'ERR_ENCRYPTION_CONFIGURATION';

/** A record that cannot be read. Recognise it by `code`. No message carries a part of a value or of a key. */
export class RecordError extends Error {
  /** Always `'RecordError'`. */
  override readonly name = 'RecordError';
  /** What is wrong, for programs. */
  readonly code: RecordErrorCode;

  constructor(code: RecordErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
