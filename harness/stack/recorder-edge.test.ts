import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseComposeFile } from './compose-file.ts';
import type { PlannedService } from './planned-service.ts';
import {
  recordedOrigins,
  recordedVariables,
  recorderVariables,
  throughRecorder,
  withoutEdge,
} from './recorder-edge.ts';

const [provider, api, model, recorder] = parseComposeFile(
  `services:
  provider: { profiles: [core], ports: ["1:9100"] }
  api:
    profiles: [core]
    environment: { D: "https://api.test/v1 https://api.test.org", A: '[{"baseUrl":"http://provider:9100/v1"},{"baseUrl":"https://provider:9100/v1"}]', B: "http://ollama:11434", C: "http://provider:91000" }
    ports: ["1:80"]
  ollama-model: { profiles: [core], environment: { OLLAMA_URL: "http://ollama:11434" }, ports: ["1:81"] }
  recorder: { profiles: [core], environment: { UP: "http://provider:9100" }, ports: ["1:9600"] }
`,
  {},
).map((spec): PlannedService => ({ mode: 'start', spec, source: { kind: 'own' }, hostPort: 1234 }));

const folder = 'unused';
const origins = recordedOrigins(
  { mode: 'record', folder, upstreams: { test: 'https://api.test/v1' } },
  undefined,
);

test('services find the recorder in place of the edge, and ask it for whom they meant', () => {
  const { spec } = throughRecorder(api as PlannedService, origins);
  expect(spec.environment).toEqual({
    // A handshake that nobody answers is no matter of recordings.
    A: '[{"baseUrl":"http://recorder:9600/up/provider/v1"},{"baseUrl":"https://provider:9100/v1"}]',
    B: 'http://recorder:9600/up/ollama',
    C: 'http://provider:91000',
    D: 'http://recorder:9600/up/test/v1 https://api.test.org',
  });
  expect(Object.keys(recordedVariables({ ...(api as PlannedService), spec })).toSorted()).toEqual([
    'A',
    'B',
    'D',
  ]);
});

test('the recorder itself, and who prepares a model, ask the edge', () => {
  for (const service of [recorder, model]) {
    expect(throughRecorder(service as PlannedService, origins)).toBe(service);
    expect(recordedVariables(service as PlannedService)).toEqual({});
  }
});

test('what replay does without is absent with that reason, everything else stays', () => {
  expect(withoutEdge(provider as PlannedService)).toMatchObject({
    mode: 'absent',
    reason: expect.stringContaining('replay'),
  });
  expect(withoutEdge(api as PlannedService)).toBe(api);
});

test('upstreams of the user come beside those of the stack, and are refused unless they are named addresses', () => {
  const told = (text: string) => recordedOrigins({ mode: 'record', folder }, text);
  expect(told('{"openai":"https://api.openai.com/v1"}')).toEqual({
    provider: 'http://provider:9100',
    ollama: 'http://ollama:11434',
    openai: 'https://api.openai.com',
  });
  for (const text of ['openai', '[]', '{"openai":"nowhere"}'])
    expect(() => told(text)).toThrow(expect.objectContaining({ code: 'GNT_USAGE' }));
});

test('the folder of the recordings is there before an engine would make it', () => {
  const parent = mkdtempSync(join(tmpdir(), 'recordings-'));
  try {
    const made = join(parent, 'new');
    const variables = recorderVariables({ mode: 'record', folder: made }, origins);
    expect(existsSync(made)).toBe(true);
    expect(variables).toMatchObject({ RECORDER_MODE: 'record', RECORDINGS_FOLDER: made });
  } finally {
    rmSync(parent, { recursive: true });
  }
});
