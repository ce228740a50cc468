import type { Environment } from './environment.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** PORT (required) and HOST (default: loopback only). */
export function readListenAddress(env: Environment): ListenAddress {
  env.requiredText('PORT');
  return { host: env.text('HOST', '127.0.0.1'), port: env.integer('PORT', 0, { min: 1, max: 65_535 }) };
}
