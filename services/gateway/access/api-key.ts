import { hash, randomBytes } from 'node:crypto';

/** What every key of the store begins with: it tells such keys from others without a look at the store, and scanners find it. */
const prefix = 'gk_';
const form = /^gk_[A-Za-z0-9_-]{43}$/;

/** A new key: 256 random bits. */
export const newApiKey = (): string => `${prefix}${randomBytes(32).toString('base64url')}`;

/** Whether a text can be a key of the store. What begins like one and isn't is none of anybody's. */
export const hasForm = (key: string): boolean => form.test(key);
export const isOfStore = (key: string): boolean => key.startsWith(prefix);

/**
 * What is stored of a key: SHA-256 in hex. A slow hash with a salt would protect passwords, which can be guessed; of 256
 * random bits nothing can.
 */
export const digestOf = (key: string): string => hash('sha256', key, 'hex');

/** The end of a key, by which its owner knows it again. */
export const hintOf = (key: string): string => key.slice(-4);
