import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout coop runs from. */
export const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
