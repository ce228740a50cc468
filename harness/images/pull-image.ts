import { dockerCommand } from './docker-command.ts';
import { registryHost } from './official-reference.ts';

/** A registry that is there names the image within this time; downloading may take longer. */
const firstAnswerMs = 20_000;
const wholePullMs = 20 * 60_000;

const silentRegistries = new Map<string, string>();

export interface PullOptions {
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Pulls an image and returns nothing, or one sentence that says why not. A registry that did not answer is not
 * asked again by this process; one that answered without having the image is.
 */
export async function pullImage(reference: string, options: PullOptions): Promise<string | undefined> {
  const host = registryHost(reference);
  const known = silentRegistries.get(host);
  if (known) return known;

  const unanswered = new AbortController();
  const timer = setTimeout(() => unanswered.abort(), firstAnswerMs);
  const signal = options.signal ? AbortSignal.any([unanswered.signal, options.signal]) : unanswered.signal;
  try {
    const onLine = (line: string) => {
      clearTimeout(timer);
      if (!/Waiting|Pulling fs layer|Verifying/.test(line)) options.onLine(line);
    };
    const result = await dockerCommand(['pull', reference], { onLine, signal, timeoutMs: wholePullMs });
    if (result.ok) return undefined;
    const last = result.lines.at(-1) ?? 'no answer';
    const reason = /x509/.test(last)
      ? `${last}; the engine takes the authority from /etc/docker/certs.d/${host}/ca.crt`
      : last;
    if (!/manifest|not found|denied|unauthorized|credentials|certificate|does not exist/i.test(reason)) {
      silentRegistries.set(host, reason);
    }
    return reason;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!unanswered.signal.aborted) throw error;
    const reason = `${host} did not answer within ${firstAnswerMs / 1000} s`;
    silentRegistries.set(host, reason);
    return reason;
  } finally {
    clearTimeout(timer);
  }
}
