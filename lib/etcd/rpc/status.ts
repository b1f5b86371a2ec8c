import type { IncomingHttpHeaders } from 'node:http2';

const NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

export type StatusName = (typeof NAMES)[number];

/** How a call ended, other than well. */
export class GrpcStatus extends Error {
  readonly status: StatusName;

  constructor(status: StatusName, message: string) {
    super(message);
    this.status = status;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The status in the last headers of a call; null where they have none. Source: gRPC over HTTP2, "Responses". */
export function readStatus(headers: IncomingHttpHeaders): GrpcStatus | 'OK' | null {
  const { 'grpc-status': code, 'grpc-message': message = '' } = headers;
  if (code === undefined) return null;
  const name = NAMES[Number(code)] ?? 'UNKNOWN';
  return name === 'OK' ? name : new GrpcStatus(name, decode(String(message)));
}
