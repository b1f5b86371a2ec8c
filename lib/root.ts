import { fileURLToPath } from 'node:url';

/** The package's own directory, with `/`: what runs from here lies one level below it. */
export const packageRoot: string = fileURLToPath(new URL('..', import.meta.url));
