import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { readComposeFile } from '../stack/compose-file.ts';
import { catalogue, imageNames, imagesForServices } from './catalogue.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the Python lock files hold the versions of the catalogue', () => {
  expect(read('docker/litellm/requirements.lock')).toContain(
    `\nlitellm==${catalogue.litellm.build.version} `,
  );
  expect(read('docker/open-webui/requirements.lock')).toContain(
    `\nopen-webui==${catalogue['open-webui'].build.version} `,
  );
});

test('the additions to the official LiteLLM image are those of the built one', () => {
  const built = read('docker/litellm/requirements.lock');
  const added = [...read('docker/litellm/hooks.lock').matchAll(/^\S+==\S+/gm)].map(([pin]) => pin);
  expect(added).toEqual(expect.arrayContaining([expect.stringMatching(/^context-compiler==/)]));
  for (const pin of added) expect(built).toContain(`\n${pin} `);
});

test('every input of an image is copied by its Dockerfile', () => {
  const missing = imageNames.flatMap((name) => {
    const { dockerfile, inputs } = catalogue[name].build;
    const copied = read(dockerfile)
      .split('\n')
      .filter((line) => line.startsWith('COPY'))
      .join(' ')
      .split(/\s+/);
    return inputs.filter((input) => !copied.includes(input)).map((input) => `${name}: ${input}`);
  });
  expect(missing).toEqual([]);
});

test('every service of compose.yaml is known to run on the image that it names there', () => {
  const variables = Object.fromEntries(imageNames.map((name) => [catalogue[name].variable, name]));
  const named = readComposeFile('compose.yaml', variables).map(({ name, image }) => [name, [image]]);
  expect(named.map(([name]) => [name, imagesForServices([String(name)])])).toEqual(named);
});

test('the list of names is complete', () => {
  expect([...imageNames].sort()).toEqual(Object.keys(catalogue).sort());
});

test('no Dockerfile asks for a frontend image', () => {
  const asking = imageNames.filter((name) => /^#\s*syntax=/m.test(read(catalogue[name].build.dockerfile)));
  expect(asking).toEqual([]);
});

test("the node image's context lets its inputs through and leaves out what the tag leaves out", () => {
  const ignore = read('docker/node/Dockerfile.dockerignore').split('\n');
  const inputs = catalogue.node.build.inputs.map((input) => `!${input}`);
  expect(ignore).toEqual(expect.arrayContaining(['*', ...inputs]));
  expect(ignore).toEqual(expect.arrayContaining(['**/node_modules', '**/*.test.ts', '**/__pycache__']));
});

test('services that share an image name it once', () => {
  expect(imagesForServices(['gateway', 'memory', 'postgres'])).toEqual(['postgres', 'node']);
});

test('a service that brings its own image needs none of ours', () => {
  expect(imagesForServices(['my-own'])).toEqual([]);
});
