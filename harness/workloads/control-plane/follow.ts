import { type Client, type Completion, completionOf, type Frame, type Operation } from '../workload.ts';
import { type ControlOperation, type ControlRun, pathOf, saidBy, saidIn, textOf } from './run.ts';
import { post, toldParts } from './tell.ts';

/** What a client has seen of the events of a session, over one stream or several. */
interface Seen {
  readonly said: string[];
  /** Messages that the session had by the last event about its state. */
  count: number;
  /** Id of the last event, as the next stream begins after it. */
  last: string;
}

interface EventData {
  readonly content?: string;
  readonly message_count?: number;
}

/**
 * Reads events after the last one seen until there are enough. The stream has no end of its own.
 * @returns the answer where it was no stream
 */
async function readEvents(
  operation: Operation,
  client: Client,
  run: ControlRun,
  seen: Seen,
  enough: {
    readonly controller: AbortController;
    readonly isEnough: () => boolean;
    readonly onFrame?: () => void;
  },
): Promise<Completion | undefined> {
  const { controller, isEnough, onFrame } = enough;
  const answer = await client.stream({
    path: pathOf('/events', run, operation),
    headers: { ...run.headers, 'last-event-id': seen.last },
    enough: controller.signal,
    frame: (data, event, id): Frame | undefined => {
      const { content, message_count } = JSON.parse(data) as EventData;
      if (event === 'message') seen.said.push(saidIn(content ?? ''));
      if (event === 'status') seen.count = message_count ?? seen.count;
      if (id !== undefined) seen.last = id;
      onFrame?.();
      if (isEnough()) controller.abort();
      return undefined;
    },
  });
  if (controller.signal.aborted) return undefined;
  if (answer.status !== 200) return completionOf(answer);
  return { type: 'unknown', error: 'the stream ended before all that was known had come' };
}

/**
 * Reads the events of a session from its beginning to where it is now: some, and the rest in another stream that goes on
 * after the last of them.
 */
export const replay: ControlOperation = {
  name: 'replay',
  meaning: ({ key }) => ({ does: 'list', key, tenant: 'owner' }),
  perform: async (operation, client, run) => {
    const now = await client.request({ path: pathOf('/status', run, operation), headers: run.headers });
    if (now.status !== 200) return completionOf(now);
    const count = now.json<{ message_count: number }>().message_count;
    const seen: Seen = { said: [], count: 0, last: '0' };
    let left = Number(operation.step.args.kept ?? 1);
    const hasAll = () => seen.count >= count;
    const some = {
      controller: new AbortController(),
      isEnough: () => {
        left -= 1;
        return left <= 0 || hasAll();
      },
    };
    const rest = { controller: new AbortController(), isEnough: hasAll };
    const failed =
      (await readEvents(operation, client, run, seen, some)) ??
      (hasAll() ? undefined : await readEvents(operation, client, run, seen, rest));
    return failed ?? { type: 'ok', status: 200, value: seen.said };
  },
};

/** Follows a session, and says something once the stream has begun: it comes along in the stream. */
export const watch: ControlOperation = {
  name: 'watch',
  meaning: (operation) => [
    ...toldParts(operation.key, saidBy(operation), { marker: saidBy(operation) }),
    { part: 'seen', does: 'list', key: operation.key, tenant: 'owner' },
  ],
  perform: async (operation, client, run) => {
    const seen: Seen = { said: [], count: 0, last: '0' };
    const controller = new AbortController();
    let saying: Promise<Completion> | undefined;
    const say = async (): Promise<Completion> => {
      try {
        const said = completionOf(await post(client, run, operation, { message: textOf(operation) }));
        // What was not accepted need not come.
        if (said.type !== 'ok') controller.abort();
        return said;
      } catch (error) {
        controller.abort();
        return { type: 'unknown', error: (error as Error).message };
      }
    };
    const own = saidBy(operation);
    const watched = await readEvents(operation, client, run, seen, {
      controller,
      isEnough: () => seen.said.includes(own),
      onFrame: () => {
        saying ??= say();
      },
    }).catch((error: Error): Completion => ({ type: 'unknown', error: error.message }));
    if (saying === undefined) {
      // Nothing was said: it surely did not happen.
      return { ...(watched ?? { type: 'unknown' }), type: 'fail', parts: { seen: { type: 'unknown' } } };
    }
    const said = await saying;
    const hasCome = watched === undefined && seen.said.includes(own);
    if (hasCome) return { ...said, type: 'ok', parts: { seen: { value: seen.said } } };
    const error = watched?.error ?? 'it was not followed to its end';
    return { ...said, parts: { seen: { type: 'unknown', error } } };
  },
};
