import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { forward } from './answers/forward.ts';
import { play } from './answers/play.ts';
import { Tape } from './answers/tape.ts';
import type { Address } from './asking/address.ts';
import { type Asked, readAsked } from './asking/asked.ts';
import { type Closest, closestTo } from './closest.ts';
import { Drafts, type Slot } from './files/drafts.ts';
import { loadRecordings, loadUsable } from './files/load.ts';
import { type Answer, type End, isSocket } from './files/recording.ts';
import { textOfRecording } from './files/recording-text.ts';
import { Shelf, type Taken } from './files/shelf.ts';
import { Ledger, type Miss } from './ledger.ts';
import type { RecorderErrorCode } from './recorder-error.ts';
import { findSecrets } from './secrets/find-secrets.ts';
import { streamedTexts } from './secrets/streamed-texts.ts';
import type { RecorderSettings } from './settings.ts';

/** A request as it came to the edge. */
export interface Incoming {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly address: Address;
}

/** What the edge answers when no recording does. No provider has it, and every client takes it for a failure. */
export const missStatus = 599;

const refusals: Readonly<
  Record<'RECORDING_TOO_LARGE' | 'RECORDING_HTML' | 'RECORDING_UNDECLARED_GZIP', string>
> = {
  RECORDING_TOO_LARGE: 'the answer is longer than RECORDER_MAX_ANSWER_BYTES',
  RECORDING_HTML: 'the provider answered a page of HTML',
  RECORDING_UNDECLARED_GZIP: 'the answer is packed with gzip and does not say so',
};

/** Records and replays what goes over the provider's edge. */
export class Recorder {
  readonly settings: RecorderSettings;
  ledger!: Ledger;
  shelf!: Shelf;
  drafts!: Drafts;
  loadedInMs = 0;

  /** @throws RecorderError for a recording that cannot be used, unless it is to be recorded again anyhow */
  constructor(settings: RecorderSettings) {
    this.settings = settings;
    this.rewind();
  }

  /** Begins anew, for another run on the same stack: with the files as they are, and nothing given, missed or recorded. */
  rewind(): void {
    const { mode, folder, secrets } = this.settings;
    const load = mode === 'record' ? loadUsable : loadRecordings;
    const startedAt = performance.now();
    const shelf = new Shelf(mode === 'live' ? [] : load(folder));
    this.loadedInMs = Math.round(performance.now() - startedAt);
    this.shelf = shelf;
    this.ledger = new Ledger(secrets);
    this.drafts = new Drafts({
      folder,
      find: (key) => shelf.find(key),
      append: mode === 'record-if-missing',
      now: Date.now,
    });
  }

  /** @throws RecorderError RECORDER_SCOPE_INVALID, RECORDER_UPSTREAM_UNREACHABLE */
  async handle(incoming: Incoming, response: ServerResponse): Promise<void> {
    const asked = readAsked(incoming, incoming.address, Date.now());
    this.ledger.counts.requests += 1;
    const taken = this.recorded(asked);
    if (taken !== undefined) return this.#play(asked, taken, response);
    if (this.settings.mode === 'replay') return this.#missing(asked, response);
    await this.#pass(asked, incoming, response);
  }

  /** The recording of a request, where the mode plays it. */
  recorded(asked: Asked): Taken | undefined {
    const { mode } = this.settings;
    if (mode === 'live' || mode === 'record' || this.drafts.has(asked.key)) return undefined;
    return this.shelf.take(asked);
  }

  /** Notes a request that no recording answers. @param diff how it left its recording, where it had one */
  miss(asked: Asked, reason?: Miss['reason'], diff?: readonly string[]): Miss {
    const own = this.shelf.find(asked.key);
    const closest: Closest | undefined =
      own && diff
        ? { file: own.file, key: asked.key, scope: asked.scope, diff }
        : closestTo(asked, this.shelf.all);
    return this.ledger.miss(asked, reason ?? (own ? 'exhausted' : 'unknown'), closest);
  }

  /** Takes the place of an answer that is to be recorded; `undefined` in the mode live. */
  open(asked: Asked): Slot | undefined {
    return this.settings.mode === 'live' ? undefined : this.drafts.open(asked);
  }

  /** Keeps an answer unless it holds a credential. @param texts what else of the exchange could hold one */
  keep(asked: Asked, slot: Slot | undefined, answer: Answer, texts: readonly string[]): void {
    if (slot === undefined) return;
    const { key, scope, request } = asked;
    const known = [...this.settings.secrets, ...asked.credentials];
    const stored = { format: 0, key, scope, request, answers: [answer], recordedAt: '', digest: '' };
    const all = [textOfRecording(stored), ...asked.rawTexts, ...texts.flatMap(streamedTexts)];
    const found = findSecrets(all, known);
    const kinds = found.map(({ kind }) => kind).join(', ');
    if (found.length > 0) {
      this.refuse('RECORDING_SECRET', asked, slot, `it holds ${kinds}`);
      return;
    }
    try {
      if (slot.fill(answer) !== undefined) this.ledger.counts.recorded += 1;
    } catch (error) {
      this.refuse('RECORDER_INTERNAL', asked, undefined, (error as Error).message);
    }
  }

  /** Notes why an answer is not kept. */
  refuse(code: RecorderErrorCode, asked: Asked, slot: Slot | undefined, why: string): void {
    const { method, upstream, path } = asked.request;
    slot?.fill(undefined);
    this.ledger.fail(code, asked, `${method} ${path} of ${upstream} was not recorded: ${why}.`);
  }

  async #pass(asked: Asked, incoming: Incoming, response: ServerResponse): Promise<void> {
    const { address, ...request } = incoming;
    const { upstreams, idleMs, maxAnswerBytes, mode } = this.settings;
    const slot = this.open(asked);
    const tape = new Tape(mode === 'live' ? 0 : maxAnswerBytes);
    this.ledger.counts.upstream += 1;
    const url = `${upstreams.get(address.upstream)}${address.path}`;
    const kept = (end: End) => {
      if (slot === undefined) return;
      const refusal = tape.refusal;
      if (refusal !== undefined) this.refuse(refusal, asked, slot, refusals[refusal]);
      else this.keep(asked, slot, tape.answer(end, asked.placeholders), [tape.text]);
    };
    try {
      await forward({ ...request, url, idleMs, plain: mode !== 'live' }, response, tape, kept);
    } catch (error) {
      this.refuse('RECORDER_UPSTREAM_UNREACHABLE', asked, slot, (error as Error).message);
      throw error;
    }
  }

  async #play(asked: Asked, { answer, file }: Taken, response: ServerResponse): Promise<void> {
    if (isSocket(answer)) return this.#missing(asked, response);
    const { speed, leaveMs } = this.settings;
    this.ledger.counts.replayed += 1;
    const how = await play(response, answer, { placeholders: asked.placeholders, speed, leaveMs, file });
    if (how === 'outrun') this.miss(asked, 'outrun');
  }

  #missing(asked: Asked, response: ServerResponse): void {
    const miss = this.miss(asked);
    const { key, scope, closest, reason } = miss;
    const message =
      reason === 'exhausted'
        ? 'All recorded answers to this request have been given.'
        : 'No recording answers this request.';
    const hint = 'Record it with `--mode record-if-missing`.';
    const error = { type: 'recording_missing', code: 'RECORDING_MISSING', message: `${message} ${hint}` };
    const body = {
      error: { ...error, key, scope, reason, closest: closest?.file ?? null, diff: closest?.diff ?? [] },
    };
    response
      .writeHead(missStatus, { 'content-type': 'application/json', 'x-should-retry': 'false' })
      .end(JSON.stringify(body));
  }
}
