import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { convention } from './convention.ts';

let notes: string;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'convention-'));
  const url = 'http://127.0.0.1:1';
  const services = {
    gateway: { state: 'remote', from: 'url', url },
    memory: { state: 'healthy', from: 'package', url },
  };
  writeFileSync(join(folder, 'stack.json'), JSON.stringify({ driver: 'process', services }));
  notes = join(folder, 'conventions.jsonl');
  process.env.GAUNTLET_STACK = join(folder, 'stack.json');
  process.env.GAUNTLET_CONVENTIONS = notes;
  delete process.env.GAUNTLET_REQUIRE;
});

const breakOne = (subject: string) => convention(subject, 'one is two', () => expect(1).toBe(2));

describe('in a service of the user', () => {
  test('a convention that is not kept is noted under its test, and the test goes on', () => {
    breakOne('gateway');
    expect(JSON.parse(readFileSync(notes, 'utf8'))).toEqual({
      file: expect.stringMatching(/convention\.test\.ts$/),
      test: 'in a service of the user a convention that is not kept is noted under its test, and the test goes on',
      what: 'one is two',
      message: expect.stringContaining('Expected: 2'),
    });
  });

  test('it fails the test when conventions are required', () => {
    process.env.GAUNTLET_REQUIRE = 'chat,conventions';
    expect(() => breakOne('gateway')).toThrow('Expected: 2');
  });

  test('what is missing altogether is not kept either', () => {
    const nothing: unknown = undefined;
    convention('gateway', 'there is an error', () => expect(nothing).toMatchObject({ code: 'x' }));
    expect(readFileSync(notes, 'utf8')).toContain('there is an error');
  });

  test('a mistake in the test itself is none of its findings', () => {
    const mistaken = () =>
      convention('gateway', 'anything', () => {
        throw new TypeError('undefined is not an object');
      });
    expect(mistaken).toThrow(TypeError);
    expect(existsSync(notes)).toBe(false);
  });
});

test('a service of ours has to keep its conventions', () => {
  expect(() => breakOne('memory')).toThrow('Expected: 2');
});

test('a convention that is kept leaves no note', () => {
  convention('gateway', 'one is one', () => expect(1).toBe(1));
  expect(existsSync(notes)).toBe(false);
});
