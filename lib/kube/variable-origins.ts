import type { WaitOptions } from '../options.ts';
import { openCri } from './cri.ts';
import { attributeEnvironment, type VariableOrigin } from './env-origin.ts';

/**
 * Asks the container runtime who set each variable of a container: by name, in latin1. Null where the runtime does not say.
 *
 * Errors: as {@link openCri} and the calls of `Cri`; `NOT_FOUND` it does not know the container.
 * Race: what it says is of the container's start, as the bundle is.
 */
export async function readVariableOrigins(
  containerId: string,
  endpoint: string,
  options: WaitOptions = {},
): Promise<ReadonlyMap<string, VariableOrigin> | null> {
  await using cri = await openCri(endpoint, options);
  const status = await cri.containerStatus(containerId, { ...options, verbose: true });
  if (status === null || status.info === null) return null;
  const image = status.imageRef === '' ? null : await cri.imageEnvironment(status.imageRef, options);
  const variables = attributeEnvironment(status.info, image);
  return variables && new Map(variables.map(({ name, origin }) => [name?.toString('latin1') ?? '', origin]));
}
