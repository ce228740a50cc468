/**
 * `node stubs/recorder/recordings.ts list|show|verify|prune --folder DIR [FILE|KEY|SCOPE …]`: looks after the files. Exit code 1
 * when something is wrong with them.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { textOfPiece } from './answers/piece.ts';
import { type Filed, loadUsable, recordingFiles } from './files/load.ts';
import { removeFiles, unusedFiles } from './files/prune.ts';
import { type Answer, isSocket } from './files/recording.ts';
import { accept, verify } from './files/verify.ts';
import { RecorderError } from './recorder-error.ts';
import { secretsIn } from './secrets/known-secrets.ts';

const { values, positionals } = parseArgs({
  options: {
    folder: { type: 'string', default: 'e2e/recordings' },
    'last-run': { type: 'string', default: 'results/latest/recordings.json' },
    json: { type: 'boolean', default: false },
    delete: { type: 'boolean', default: false },
    accept: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const { folder } = values;
const [command = '', ...wanted] = positionals;

const commands: Readonly<Record<string, () => number>> = {
  list: () => {
    const found = select();
    if (values.json) console.log(JSON.stringify(found.map(summaryOf)));
    else for (const each of found) console.log(lineOf(each));
    console.error(`${found.length} recordings in ${folder}`);
    return 0;
  },
  show: () => {
    if (wanted.length === 0) throw usage('`show` takes a file, the beginning of a key, or a scope.');
    const found = select();
    if (found.length === 0) throw usage(`Nothing in ${folder} is ${wanted.join(' or ')}.`);
    if (values.json) console.log(JSON.stringify(found.map(({ recording }) => recording)));
    else for (const each of found) show(each);
    return 0;
  },
  verify: () => {
    if (values.accept) for (const file of accept(folder)) console.error(`taken over: ${join(folder, file)}`);
    const problems = verify(folder, secretsIn(process.env));
    if (values.json) console.log(JSON.stringify({ problems }));
    else for (const { code, message } of problems) console.log(`${code}: ${message}`);
    console.error(`${recordingFiles(folder).length} recordings in ${folder}, ${problems.length} problems`);
    return problems.length > 0 ? 1 : 0;
  },
  prune: () => {
    const files = unusedFiles(folder, values['last-run']);
    if (values.delete) removeFiles(folder, files);
    if (values.json) console.log(JSON.stringify({ deleted: values.delete, files }));
    else for (const file of files) console.log(join(folder, file));
    const what = values.delete ? 'removed' : 'would be removed (--delete does it)';
    console.error(`${files.length} recordings that no test of the last run used ${what}`);
    return 0;
  },
};

try {
  const run = commands[command];
  if (run === undefined)
    throw usage(`There is no command "${command}"; commands: ${Object.keys(commands).join(', ')}.`);
  process.exitCode = run();
} catch (error) {
  if (!(error instanceof RecorderError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 2;
}

function select(): readonly Filed[] {
  const all = loadUsable(folder);
  if (wanted.length === 0) return all;
  return all.filter(({ file, recording: { key, scope } }) =>
    wanted.some(
      (each) => join(folder, file) === each || file === each || key.startsWith(each) || scope === each,
    ),
  );
}

function summaryOf({ file, recording: { key, scope, request, answers, recordedAt } }: Filed) {
  const { method, upstream, path } = request;
  const bytes = statSync(join(folder, file)).size;
  const model = (request.body as { model?: unknown } | undefined)?.model;
  const ends = answers.map((answer) =>
    isSocket(answer) ? 'socket' : `${answer.status ?? '-'} ${answer.ended}`,
  );
  return { file, key, scope, method, upstream, path, model: model ?? null, answers: ends, recordedAt, bytes };
}

function lineOf(each: Filed): string {
  const { scope, method, upstream, path, answers, bytes, recordedAt, key } = summaryOf(each);
  const asked = `${method} ${upstream}${path}`;
  return `${key.slice(0, 12)}  ${recordedAt.slice(0, 10)}  ${String(bytes).padStart(7)} B  ${asked}  ${answers.join(', ')}  ${scope}`;
}

function show(each: Filed): void {
  console.log(`${lineOf(each)}\n${join(folder, each.file)}`);
  const { body, text, binary } = each.recording.request;
  console.log(indented(text ?? JSON.stringify(body ?? binary ?? null, null, 2)));
  for (const [at, answer] of each.recording.answers.entries())
    console.log(`answer ${at + 1}\n${indented(said(answer))}`);
}

function said(answer: Answer): string {
  const { atMs } = answer;
  if (isSocket(answer))
    return answer.messages
      .map(({ from, ...message }, at) => `${from} at ${atMs[at]} ms: ${JSON.stringify(message)}`)
      .concat(`ended by the ${answer.ended.by} (${answer.ended.code ?? 'no code'})`)
      .join('\n');
  const head = `${answer.status ?? 'no status'} ${JSON.stringify(answer.headers)}`;
  const pieces = answer.body.map((piece, at) =>
    `at ${atMs[at + 1]} ms: ${textOfPiece(piece) ?? '(bytes)'}`.trimEnd(),
  );
  return [head, ...pieces, answer.ended].join('\n');
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}

function usage(message: string): RecorderError {
  return new RecorderError('RECORDER_SETTINGS', message);
}
