import { expect, test } from '@jest/globals';
import { forwardedBody, forwardedHeaders } from './forwarding.ts';

const ids = { requestId: 'r-1', correlationId: 'c-1', debug: false, stream: false };

test('unknown fields pass; competitor_id and top-level nulls do not', () => {
  const request = {
    model: 'baseline-cli-agent',
    messages: [{ role: 'assistant', content: null }],
    competitor_id: 'baseline-langchain',
    temperature: null,
    stop: ['x'],
    seed: 7,
    logit_bias: { '50256': -100 },
  };
  expect(JSON.parse(forwardedBody(request as never))).toEqual({
    model: 'baseline-cli-agent',
    messages: [{ role: 'assistant', content: null }],
    stop: ['x'],
    seed: 7,
    logit_bias: { '50256': -100 },
  });
});

test('tracing ids always pass, the debug id only on request', () => {
  expect(forwardedHeaders(ids)).toMatchObject({ 'x-request-id': 'r-1', 'x-correlation-id': 'c-1' });
  expect(forwardedHeaders(ids)).not.toHaveProperty('x-debug-request-id');
  expect(forwardedHeaders({ ...ids, debugId: 'r-1' })).toHaveProperty('x-debug-request-id', 'r-1');
});

test('a stream says who asks', () => {
  expect(forwardedHeaders({ ...ids, stream: true })).toMatchObject({
    accept: 'text/event-stream',
    'x-upstream-service': 'gateway',
  });
});

test('the choice of an agent passes only when it looks like one', () => {
  expect(forwardedHeaders({ ...ids, baselineAgent: 'claude-code' })).toHaveProperty(
    'x-baseline-agent',
    'claude-code',
  );
  expect(forwardedHeaders({ ...ids, baselineAgent: 'a\nb' })).not.toHaveProperty('x-baseline-agent');
});

test('a request of an API without messages is passed on without them', () => {
  expect(JSON.parse(forwardedBody({ model: 'm', input: 'Hi', user: null } as never))).toEqual({
    model: 'm',
    input: 'Hi',
  });
});
