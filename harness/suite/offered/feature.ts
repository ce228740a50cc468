/** A part of an API that a service may have or not, and the harmless request that tells which. */
export interface Feature {
  readonly subject: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Sent as JSON; refused by every service that reads it, so that nothing comes of it. */
  readonly body?: object;
  /** The request asks for a WebSocket. */
  readonly upgrade?: true;
}

const get = (path: string): Feature => ({ subject: 'gateway', method: 'GET', path });
const post = (path: string, body: object = {}): Feature => ({
  subject: 'gateway',
  method: 'POST',
  path,
  body,
});

/**
 * What suites may need of a service, by the name that `needs()` and `--require` take. The request goes to the very route
 * that the suites use. Where an empty body would be accepted, the body has a field of a wrong type.
 */
const table = {
  chat: post('/v1/chat/completions'),
  models: get('/v1/models'),
  completions: post('/v1/completions'),
  embeddings: post('/v1/embeddings'),
  responses: post('/v1/responses'),
  'responses-websocket': { ...get('/v1/responses'), upgrade: true },
  conversations: post('/v1/conversations', { items: 'none' }),
  'vector-stores': post('/v1/vector_stores', { file_ids: 'none' }),
  messages: post('/v1/messages'),
  'count-tokens': post('/v1/messages/count_tokens'),
  'provider-metrics': get('/v1/metrics/providers'),
  metrics: get('/metrics'),
  arena: post('/v1/chat/completions/arena'),
  votes: post('/api/arena/vote'),
  artifacts: get('/v1/artifacts/gauntlet-unknown'),
  debug: get('/v1/debug/stream/gauntlet-unknown'),
  memories: get('/api/memories'),
  transcription: post('/api/transcribe'),
  agents: post('/agent/start'),
  'control-plane': post('/message', { session_id: 0 }),
  'session-events': get('/events'),
} as const satisfies Readonly<Record<string, Feature>>;

export type FeatureName = keyof typeof table;

export const features: Readonly<Record<FeatureName, Feature>> = table;

export const featureNames = Object.keys(table) as readonly FeatureName[];
