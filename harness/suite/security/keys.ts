import { setting } from '../stack.ts';
import { type Answered, type Asked, ask } from './ask.ts';

/** A key that was made for a test. */
export interface MadeKey {
  readonly id: string;
  readonly key: string;
  readonly tenant: string;
}

export interface KeyWishes {
  readonly tenant?: string;
  readonly limits?: {
    readonly requests?: number;
    readonly window_seconds?: number;
    readonly concurrent?: number;
  };
  readonly expires_in_seconds?: number;
}

/** The admin key of the stack, or of the gateway that `GATEWAY_ADMIN_KEY` in the environment belongs to. */
export const adminKey = (): string => setting('GATEWAY_ADMIN_KEY');

export const askAdmin = (path: string, asked: Asked = {}): Promise<Answered> =>
  ask(`/admin/keys${path}`, { key: adminKey(), ...asked });

/** Makes a key, of a tenant of its own unless one is wished for. */
export async function makeKey(wishes: KeyWishes = {}): Promise<MadeKey> {
  const { status, json, text } = await askAdmin('', { method: 'POST', body: { name: 'suite', ...wishes } });
  if (status !== 201) throw new Error(`no key was made: ${status} ${text}`);
  return { id: json.id, key: json.key, tenant: json.tenant };
}

export const revokeKey = (id: string, asked: Asked = {}): Promise<Answered> =>
  askAdmin(`/${id}`, { method: 'DELETE', ...asked });
