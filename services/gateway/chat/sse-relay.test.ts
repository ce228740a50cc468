import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SseRelay } from './sse-relay.ts';

const role = 'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\n';
const word = 'data: {"choices":[{"delta":{"content":"grüße 😀"}}]}\n\n';
const done = 'data: [DONE]\n\n';

function relay(
  chunks: readonly (string | Buffer)[],
  finish: (relay: SseRelay) => Buffer = (r) => r.end().out,
) {
  const machine = new SseRelay();
  const outcomes: unknown[] = [];
  let text = '';
  for (const chunk of chunks) {
    const step = machine.push(Buffer.from(chunk));
    text += step.out.toString();
    if (step.outcome) outcomes.push(step.outcome.kind);
  }
  text += finish(machine).toString();
  return { text, outcomes, frames: machine.frames };
}

function errorCodeOf(text: string): unknown {
  const last = text.trimEnd().split('\n\n').at(-1) ?? '';
  return JSON.parse(last.replace(/^data: /, '')).error.code;
}

test('a whole stream passes unchanged', () => {
  const { text, outcomes, frames } = relay([role, word, done]);
  expect(text).toBe(role + word + done);
  expect(outcomes).toEqual(['complete']);
  expect(frames).toBe(2);
});

test('the bytes do not depend on where the upstream cut its chunks, inside characters included', () => {
  const bytes = Buffer.from(`: hello\n\n${role}${word}${word}${done}`);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
      const borders = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const chunks = borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
      expect(relay(chunks).text).toBe(bytes.toString());
    }),
  );
});

test('frames that lie there ready to pass are judged like the same bytes one by one', () => {
  const pieces = [role, word, done, ': hello\n\n', '\n', '\r\n', 'data: 42\n\n', 'data: {"a":\ndata: 1}\n\n'];
  const wrong = ['data: {"a":1}x\n\n', 'data: {"a":1}\r\n\r\n', 'data: {"a":1\r}\n\n', 'data:{"b":1}\n\n'];
  const bytes = [Buffer.from('data: {"a":"\xff"}\n\n', 'latin1'), 'data: {"a":"\uFFFD"}\n\n', 'event: x\n'];
  const error = 'data: {"error":{"message":"overloaded"}}\n\n';
  const halves = ['da', 'data: {"a":\n'];
  const piece = fc.constantFrom<string | Buffer>(...pieces, ...wrong, ...bytes, ...halves, error);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (list) => {
      const whole = Buffer.concat(list.map((one) => Buffer.from(one)));
      const single = [...whole].map((byte) => Buffer.of(byte));
      expect(relay([whole])).toEqual(relay(single));
      expect(relay(list)).toEqual(relay(single));
    }),
    { numRuns: 500 },
  );
});

test('a frame leaves as soon as it is whole, and not before', () => {
  const machine = new SseRelay();
  expect(machine.push(Buffer.from(word.slice(0, -1))).out.length).toBe(0);
  expect(machine.push(Buffer.from('\n')).out.toString()).toBe(word);
});

test('spacing and field order inside data survive, CRLF becomes LF', () => {
  const odd = 'data:  { "b":1,\t"a":1.0 }';
  expect(relay([`${odd}\r\n\r\n`, done]).text).toBe(`${odd}\n\n${done}`);
});

test('a frame of several data lines stays one frame', () => {
  const two = 'data: {"a":\ndata: 1}\n\n';
  expect(relay([two, done])).toMatchObject({ text: two + done, frames: 1 });
});

test('comments pass; event, id and retry lines do not', () => {
  const { text } = relay([`\uFEFF: one\nevent: x\nid: 7\nretry: 5\n${word}`, done]);
  expect(text).toBe(`: one\n\n${word}${done}`);
});

test('only one [DONE] passes, and nothing after it', () => {
  expect(relay([role, done, done, word]).text).toBe(role + done);
});

test('a [DONE] without its blank line still counts', () => {
  expect(relay([role, 'data: [DONE]']).text).toBe(role + done);
});

test('an early end is one error frame and no [DONE], with finish_reason seen too', () => {
  const stop = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n';
  const { text } = relay([role, stop]);
  expect(text.startsWith(role + stop)).toBe(true);
  expect(errorCodeOf(text)).toBe('upstream_truncated');
  expect(text).not.toContain('[DONE]');
});

test('an empty stream is an error too', () => {
  expect(errorCodeOf(relay([]).text)).toBe('upstream_truncated');
});

test('half a frame at the end never reaches the client', () => {
  const { text } = relay([role, word.slice(0, 30)]);
  expect(text).not.toContain('content');
  expect(errorCodeOf(text)).toBe('upstream_truncated');
});

test('a broken connection ends the stream with its own code', () => {
  const failure = { code: 'upstream_timeout', message: 'silent' };
  const { text } = relay([role], (machine) => machine.fail(failure).out);
  expect(errorCodeOf(text)).toBe('upstream_timeout');
});

test.each([
  ['broken JSON', 'data: {"choices": [}\n\n'],
  ['a bare number', 'data: 42\n\n'],
  ['an empty frame', 'data:\n\n'],
  ['invalid UTF-8', Buffer.concat([Buffer.from('data: {"a":"'), Buffer.from([0xff]), Buffer.from('"}\n\n')])],
  ['a page of HTML', '<html>\n'],
  ['[DONE] inside another frame', 'data: {"a":1}\ndata: [DONE]\n\n'],
])('%s ends the stream with an error frame, once', (_name, garbage) => {
  const { text, outcomes } = relay([role, garbage, word, done]);
  expect(text.startsWith(role)).toBe(true);
  expect(text.match(/"error"/g)).toHaveLength(1);
  expect(errorCodeOf(text)).toBe('upstream_truncated');
  expect(text).not.toContain('[DONE]');
  expect(outcomes).toEqual(['failed']);
});

test("the upstream's own error frame passes and is the end: no second error, no [DONE]", () => {
  const error = 'data: {"error":{"message":"overloaded","code":"x"}}\n\n';
  const { text, outcomes } = relay([role, error, done]);
  expect(text).toBe(role + error);
  expect(outcomes).toEqual(['upstream_error']);
});

test('a frame without end is refused, not collected', () => {
  const machine = new SseRelay();
  const block = Buffer.alloc(1024 * 1024, 'x');
  machine.push(Buffer.from('data: "'));
  const steps = Array.from({ length: 20 }, () => machine.push(block));
  expect(steps.filter(({ outcome }) => outcome?.kind === 'failed')).toHaveLength(1);
});

test('the tokens that the last frame tells are there when the stream is complete', () => {
  const relay = new SseRelay();
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
  relay.push(Buffer.from('data: {"choices":[{"delta":{"content":"a"}}],"usage":null}\n\n'));
  expect(relay.usage).toBeUndefined();
  relay.push(Buffer.from(`data: {"choices":[],"usage":${JSON.stringify(usage)}}\n\ndata: [DONE]\n\n`));
  expect(relay.usage).toEqual(usage);
});
