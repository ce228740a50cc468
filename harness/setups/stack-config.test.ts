import { expect, test } from '@jest/globals';
import { parseStackConfig } from './stack-config.ts';

// covers 002/stack-config
test.each([
  ['server:core', { kind: 'server', name: 'core', port: 8321 }],
  ['server:full:8322', { kind: 'server', name: 'full', port: 8322 }],
  ['http://127.0.0.1:8000/', { kind: 'url', url: 'http://127.0.0.1:8000' }],
  ['https://gateway.example/api', { kind: 'url', url: 'https://gateway.example/api' }],
  ['ollama', { kind: 'name', name: 'ollama' }],
  ['./my/compose.yaml', { kind: 'compose-file', path: './my/compose.yaml' }],
])('%s is understood', (text, config) => {
  expect(parseStackConfig(text)).toEqual(config);
});

test('providers of a composed stack may be written short or long', () => {
  const config = parseStackConfig('inference=remote::ollama,embeddings=openai');
  expect(config).toMatchObject({
    kind: 'ad-hoc',
    providerOf: { text: { name: 'ollama' }, embedding: { name: 'openai' } },
  });
});

test.each([
  ['', 'there is no stack ""'],
  ['starter', 'there is no stack "starter"'],
  ['constructor', 'there is no stack "constructor"'],
  ['server:', 'there is no stack ""'],
  ['server:starter:8322', 'there is no stack "starter"'],
  ['server:core:', '"" is no port'],
  ['server:core:0', '"0" is no port'],
  ['server:core:65536', '"65536" is no port'],
  ['server:core:8322:9', 'more than a name and a port'],
  ['ftp://host', 'it is no http(s) URL'],
  ['inference', 'there is no stack "inference"'],
  ['inference=', '"inference=" is not API=PROVIDER'],
  ['agents=ollama', 'there is no API "agents"'],
  ['inference=a=b', '"inference=a=b" is not API=PROVIDER'],
  ['inference=ollama,inference=openai', 'it names inference twice'],
])('%j is refused, with what is valid', (text, says) => {
  expect(() => parseStackConfig(text)).toThrow(
    expect.objectContaining({
      code: 'GNT_STACK_CONFIG',
      message: expect.stringContaining(says),
      hint: expect.stringMatching(/server:NAME:PORT.*core, litellm.*inference, vision, embeddings/),
    }),
  );
});

test('an unknown provider of a composed stack lists the providers', () => {
  expect(() => parseStackConfig('inference=olama')).toThrow(
    expect.objectContaining({ code: 'GNT_PROVIDER_UNKNOWN', hint: expect.stringContaining('ollama') }),
  );
});

test('a URL with a credential is refused without being repeated', () => {
  const parse = () => parseStackConfig('https://me:planted@host');
  expect(parse).toThrow('a URL with a credential');
  expect(parse).not.toThrow(/planted/);
});
