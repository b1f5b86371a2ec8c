import { constants } from 'node:os';
import { Code, ConnectError } from '@connectrpc/connect';
import { plainText } from '../../document/plain-text.ts';
import { SystemError } from '../../errors.ts';
import { CriError } from '../cri-error.ts';

/** `FailedPrecondition` is FAILED_PRECONDITION in the documents of gRPC. */
function nameOf(code: Code): string {
  return (Code[code] ?? 'Unknown').replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

/** The error of the socket that ended a call; null where there is none. */
function socketError(error: unknown): (Error & { code: string; errno: number; syscall?: string }) | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if ('errno' in at && 'code' in at && typeof at.errno === 'number') return at as never;
  }
  return null;
}

/** Makes of what a call failed with what {@link Cri} promises. */
export function toCriError(error: unknown, method: string, path: string): unknown {
  if (!(error instanceof ConnectError)) return error;
  const socket = socketError(error);
  if (socket !== null) {
    const detail = socket.code === 'EACCES' ? 'the socket of a container runtime is for root: run as root' : '';
    return new SystemError({ errno: socket.errno, syscall: socket.syscall ?? 'connect', path, detail });
  }
  if (error.code === Code.DeadlineExceeded) {
    const detail = `the container runtime gave no answer to ${method} in time`;
    return new SystemError({ errno: -constants.errno.ETIMEDOUT, syscall: 'read', path, detail });
  }
  return new CriError(nameOf(error.code), method, path, plainText(error.rawMessage));
}
