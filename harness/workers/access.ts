import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether an Authorization or Proxy-Authorization header carries the token: as Bearer, or as the password of
 * Basic with any user name (what a client makes of http://worker:TOKEN@host).
 */
export function carriesToken(header: string | undefined, token: string): boolean {
  const [scheme = '', credentials = ''] = (header ?? '').split(/ +/, 2);
  if (scheme.toLowerCase() === 'bearer') return isSame(credentials, token);
  if (scheme.toLowerCase() !== 'basic') return false;
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  return pair.includes(':') && isSame(pair.slice(pair.indexOf(':') + 1), token);
}

function isSame(given: string, token: string): boolean {
  // Digests have one length, which timingSafeEqual needs, and tell nothing about the token's.
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
