import { join } from 'node:path';
import { packageRoot } from '../../stack/process/launch.ts';
import type { StackRecord } from '../../stack/run-folder.ts';
import { startChild } from './child.ts';
import { portkeyServer, portkeyVersion } from './portkey.ts';
import type { Subject, SubjectName } from './subject.ts';

const folder = 'harness/bench/gateway';
const masterKey = 'sk-bench';
const gatewayKey = 'sk-bench-caller';

/** What the bench has started beside the stack. */
export interface Started {
  readonly subjects: readonly Subject[];
  /** Why some are not there. */
  readonly absent: readonly string[];
  stop(): Promise<void>;
}

export const startProvider = () => startChild(() => [join(folder, 'provider.ts')]);

/** Variables for `gauntlet up` with which all ways of ours end at this provider, and callers need a key. */
export function stackVariables(providerUrl: string): Readonly<Record<string, string>> {
  return {
    PROVIDER_URL: providerUrl,
    MODEL_API_URL: `${providerUrl}/v1`,
    GATEWAY_API_KEYS: gatewayKey,
    LITELLM_CONFIG: join(packageRoot, folder, 'litellm.yaml'),
    LITELLM_MASTER_KEY: masterKey,
  };
}

/** The gateway with its route to the provider that has no agent between. */
export const straightGateway = (url: string) => ({
  title: 'gateway ×2 workers',
  url,
  model: 'scripted-direct',
  headers: { authorization: `Bearer ${gatewayKey}` },
});

/** The wanted subjects, ready to be asked; those of other makers that can't be had are absent with a reason. */
export async function startSubjects(
  wanted: ReadonlySet<SubjectName>,
  providerUrl: string,
  { services }: StackRecord,
): Promise<Started> {
  const subjects: Subject[] = [{ name: 'direct', title: 'direct', url: providerUrl, model: 'scripted' }];
  const absent: string[] = [];
  const stops: (() => Promise<void>)[] = [];
  const url = (service: string) => services[service]?.url ?? '';
  const add = (name: SubjectName, subject: Omit<Subject, 'name'>) => {
    if (wanted.has(name)) subjects.push({ name, ...subject });
  };
  if (wanted.has('bare')) {
    const bare = await startChild(() => [join(folder, 'bare-proxy.ts')], {
      UPSTREAM: providerUrl,
      WORKERS: '2',
    });
    stops.push(bare.stop);
    add('bare', { title: 'bare ×2 workers', url: bare.url, model: 'scripted' });
  }
  add('gateway', straightGateway(url('gateway')));
  add('gateway+baseline', {
    ...straightGateway(url('gateway')),
    title: 'gateway + baseline-cli',
    model: 'baseline-cli-agent',
  });
  add('baseline', { title: 'baseline-cli ×2 workers', url: url('baseline-cli'), model: 'scripted' });
  if (wanted.has('portkey')) {
    try {
      const server = await portkeyServer();
      const portkey = await startChild((port) => [server, `--port=${port}`, '--headless'], {
        NODE_ENV: 'production',
      });
      stops.push(portkey.stop);
      add('portkey', {
        title: `Portkey ${portkeyVersion}, 1 process`,
        url: portkey.url,
        model: 'scripted',
        headers: {
          authorization: 'Bearer unused',
          'x-portkey-provider': 'openai',
          'x-portkey-custom-host': `${providerUrl}/v1`,
        },
      });
    } catch (error) {
      absent.push(`Portkey is not here: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  if (wanted.has('litellm')) {
    const litellm = services.litellm;
    if (litellm?.url === undefined)
      absent.push(`LiteLLM is not here: ${litellm?.reason ?? 'no reason given'}`);
    else
      add('litellm', {
        title: `LiteLLM ${litellm.version ?? ''} ×2 workers`,
        url: litellm.url,
        model: 'scripted',
        headers: { authorization: `Bearer ${masterKey}` },
      });
  }
  return {
    subjects,
    absent,
    stop: async () => void (await Promise.all(stops.map((stop) => stop()))),
  };
}
