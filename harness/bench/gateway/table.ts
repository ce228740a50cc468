import { isMet, type Ratio, type Row } from './figures.ts';
import { type MessagesFigures, manyMessages } from './messages.ts';
import type { ReadersFigures } from './readers.ts';
import type { StreamsFigures } from './streams.ts';

const mostMessagesMs = 0.3;
const mostKbPerStream = 100;

/** The rows as a Markdown table. */
export function tableLines(rows: readonly (Row & { readonly title: string })[]): readonly string[] {
  const head = [
    '',
    'adds to JSON, 1 at a time (p50)',
    '16 at a time',
    'first token, 1 at a time',
    'first token, 16',
  ];
  const lines = rows.map((row) =>
    [
      row.title,
      row.name === 'direct' ? '' : added(row.addedJson1Ms),
      `${Math.round(row.perSecond16).toLocaleString('en')}/s, p99 ${row.p99Ms16.toFixed(1)} ms`,
      row.name === 'direct' ? '' : added(row.addedFirst1Ms),
      row.name === 'direct' ? '' : added(row.addedFirst16Ms, 1),
    ].join(' | '),
  );
  return [head.join(' | '), head.map(() => '---').join('|'), ...lines].map((line) => `| ${line} |`);
}

/** Ratios to the bare proxy, with the target and whether it is met where one is asked for. */
export function ratioLines(title: string, ratios: readonly Ratio[], judged: boolean): readonly string[] {
  const lines = ratios.map((ratio) => {
    const { what, atMost, atLeast } = ratio;
    const target = atMost !== undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
    const met = isMet(ratio);
    const verdict = !judged || met === undefined ? '' : `   ${met ? '✔' : '✗'} ${target}`;
    return `  ${what.padEnd(36)} ${ratio.ratio.toFixed(2)} × bare (${ratio.spread})${verdict}`;
  });
  return [title, ...lines];
}

export function messagesLine({ direct, bare, gateway, added: more }: MessagesFigures): string {
  const beside = `direct ${added(direct)}, bare ${added(bare)}, gateway ${added(gateway)}`;
  const target = `${more <= mostMessagesMs ? '✔' : '✗'} ≤ ${mostMessagesMs} ms`;
  return `a request of ${manyMessages} messages instead of 1: ${beside}; the gateway's own share ${added(more)}   ${target}`;
}

export function streamsLines(figures: StreamsFigures): readonly string[] {
  const { streams, framesPerStream, wrong, kbPerStream, firstP50Ms, firstP99Ms } = figures;
  const first = `first token p50 ${firstP50Ms.toFixed(0)} ms, p99 ${firstP99Ms.toFixed(0)} ms`;
  const memory = `${kbPerStream.toFixed(0)} KB resident for each   ${kbPerStream <= mostKbPerStream ? '✔' : '✗'} ≤ ${mostKbPerStream} KB`;
  return [
    `${streams} streams at once, ${framesPerStream} frames each: ${wrong} not whole and in order   ${wrong === 0 ? '✔' : '✗'}`,
    `  ${first}; ${memory}`,
  ];
}

export function readersLine({
  readers,
  answerMb,
  earlyKbPerReader,
  lateKbPerReader,
  lost,
}: ReadersFigures): string {
  const held = `${earlyKbPerReader.toFixed(0)} KB resident for each at first, ${lateKbPerReader.toFixed(0)} KB at last`;
  return `${readers} slow readers of ${answerMb} MB each: ${held}; ${lost} lost`;
}

const added = (ms: number, digits = 2) => `${ms < 0 ? '−' : '+'}${Math.abs(ms).toFixed(digits)} ms`;
