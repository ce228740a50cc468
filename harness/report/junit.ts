import { isFailure, type TestOutcome } from './outcome.ts';
import type { RunFacts } from './summary.ts';

/** JUnit XML in the dialect that CI servers read: suites by folder, skips with their reason. */
export function toJunit({ outcomes, durationMs }: RunFacts): string {
  const suites = [...new Set(outcomes.map(({ suite }) => suite))].sort();
  const failures = outcomes.filter(isFailure).length;
  const head = `<testsuites name="gauntlet" tests="${outcomes.length}" failures="${failures}" time="${seconds(durationMs)}">`;
  const body = suites.map((suite) =>
    suiteXml(
      suite,
      outcomes.filter((outcome) => outcome.suite === suite),
    ),
  );
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...body, '</testsuites>', ''].join('\n');
}

function suiteXml(name: string, outcomes: readonly TestOutcome[]): string {
  const failures = outcomes.filter(isFailure).length;
  const skipped = outcomes.filter((outcome) => outcome.status === 'skipped' && outcome.reason).length;
  const time = seconds(outcomes.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const head = `  <testsuite name="${escapeXml(name)}" tests="${outcomes.length}" failures="${failures}" skipped="${skipped}" time="${time}">`;
  return [head, ...outcomes.map(testXml), '  </testsuite>'].join('\n');
}

function testXml(outcome: TestOutcome): string {
  const head = `    <testcase classname="${escapeXml(outcome.file)}" name="${escapeXml(outcome.name)}" time="${seconds(outcome.durationMs)}"`;
  if (isFailure(outcome)) {
    const message = outcome.message ?? 'skipped without a reason';
    return `${head}><failure message="${escapeXml(message.split('\n')[0] ?? '')}">${escapeXml(message)}</failure></testcase>`;
  }
  if (outcome.status === 'skipped')
    return `${head}><skipped message="${escapeXml(outcome.reason ?? '')}"/></testcase>`;
  const { conventions = [], known = [] } = outcome;
  const notes = [
    ...known.map(({ server, bug, message }) => `known of ${server}: bugs/${bug}\n${message}`),
    ...conventions.map(({ what, message }) => `convention not kept: ${what}\n${message}`),
  ];
  if (notes.length > 0) {
    return `${head}><system-out>${escapeXml(notes.join('\n'))}</system-out></testcase>`;
  }
  return `${head}/>`;
}

/** Escape sequences that colour a terminal. */
const colour = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** Escapes markup and drops the characters XML 1.0 forbids, such as the escape that starts a colour. */
function escapeXml(text: string): string {
  return text
    .replaceAll(colour, '')
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
