import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import { RecordError } from '../record-error.ts';

/**
 * Reads a message; `what` it is, for people. Fields that are not known are skipped, not kept.
 *
 * Errors: `ERR_RECORD_MALFORMED`, without the parser's words: they can quote what it read.
 */
export function readMessage<Schema extends DescMessage>(
  schema: Schema,
  bytes: Uint8Array,
  what: string,
): MessageShape<Schema> {
  try {
    return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch {
    const message = `${what} is no whole protobuf message ${schema.name}: its ${bytes.length} bytes are damaged or cut short`;
    throw new RecordError('ERR_RECORD_MALFORMED', message);
  }
}
