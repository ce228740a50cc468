import { expect, test } from '@jest/globals';
import { withoutCredentials } from './tool-credentials.ts';

test('of an MCP server all is kept but credentials, wherever they are', () => {
  const tool = {
    ...{ type: 'mcp', server_label: 'desk', require_approval: 'never' },
    ...{ authorization: 'secret-1', headers: { 'X-Key': 'secret-2' } },
    server_url: 'https://user:secret-3@desk.example/mcp?key=secret-4#secret-5',
  };
  expect(withoutCredentials([tool])).toEqual([
    { type: 'mcp', server_label: 'desk', require_approval: 'never', server_url: 'https://desk.example/mcp' },
  ]);
});

test('an address that is none is not told', () => {
  expect(withoutCredentials([{ type: 'mcp', server_url: 'secret' }])).toEqual([
    { type: 'mcp', server_url: '' },
  ]);
});

test('other tools are what they are', () => {
  const tool = { type: 'function', name: 'f', headers: 'a parameter' };
  expect(withoutCredentials([tool])).toEqual([tool]);
});
