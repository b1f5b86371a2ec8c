/** What a container runtime, or what is behind its socket, answered instead of what was asked for. */
export class CriError extends Error {
  /** Always `'CriError'`. */
  override readonly name = 'CriError';
  /** As gRPC calls it: `NOT_FOUND`, `UNIMPLEMENTED`, `RESOURCE_EXHAUSTED`, `INTERNAL`. */
  readonly code: string;
  /** The call, such as `ContainerStatus`. */
  readonly method: string;
  /** The socket. */
  readonly path: string;

  constructor(code: string, method: string, path: string, text: string) {
    super(`${code}: ${text}, ${method} '${path}'`);
    this.code = code;
    this.method = method;
    this.path = path;
  }
}
