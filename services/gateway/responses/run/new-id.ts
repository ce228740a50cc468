import { randomUUID } from 'node:crypto';

/** `resp_` and 32 hexadecimal digits, for the prefix `resp`. */
export const newId = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;
