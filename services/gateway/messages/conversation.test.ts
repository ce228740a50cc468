import { expect, test } from '@jest/globals';
import { chatMessagesOf } from './conversation.ts';
import type { InputMessage } from './messages-schema.ts';

const user = (...content: object[]) => ({ role: 'user', content }) as InputMessage;
const assistant = (...content: object[]) => ({ role: 'assistant', content }) as InputMessage;
const text = (said: string) => ({ type: 'text', text: said });
const use = (id: string, input: object = {}) => ({ type: 'tool_use', id, name: `do_${id}`, input });
const result = (id: string, content: unknown = `done ${id}`) => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
});
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };

/** Each message in a word: its role with what it says, or the calls it makes or answers. */
const seen = (...messages: InputMessage[]): readonly string[] =>
  chatMessagesOf(messages).map((message) => {
    const said = typeof message.content === 'string' ? message.content : JSON.stringify(message.content);
    if (message.role === 'tool') return `tool ${message.tool_call_id}: ${said}`;
    const calls = message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : [];
    return `${[message.role, ...calls].join(' ')}: ${said}`;
  });

const refusal = (...messages: InputMessage[]): unknown => {
  try {
    return seen(...messages);
  } catch (error) {
    const { statusCode, body } = error as { statusCode: number; body: { error: { code: string } } };
    return `${statusCode} ${body.error.code}`;
  }
};

test('text after a call is a turn of its own behind the result', () => {
  const talk = [user(text('q')), assistant(text('a'), use('A'), text('b')), user(result('A'), text('c'))];
  expect(seen(...talk)).toEqual(['user: q', 'assistant A: a', 'tool A: done A', 'assistant: b', 'user: c']);
});

test('text between two calls waits for the results of both, which may come in several messages', () => {
  const talk = [
    user(text('q')),
    assistant(use('A'), text('between'), use('B')),
    user(result('A')),
    user(result('B'), text('next')),
  ];
  const expected = ['user: q', 'assistant A B: ', 'tool A: done A', 'tool B: done B', 'assistant: between'];
  expect(seen(...talk)).toEqual([...expected, 'user: next']);
});

test('results follow in the order of their calls, before what the user said beside them', () => {
  const talk = [user(text('q')), assistant(use('A'), use('B')), user(text('x'), result('B'), result('A'))];
  expect(seen(...talk)).toEqual([
    'user: q',
    'assistant A B: ',
    'tool A: done A',
    'tool B: done B',
    'user: x',
  ]);
});

test('an assistant that goes on in a second message has said one turn', () => {
  const talk = [user(text('q')), assistant(use('A')), assistant(text('more')), user(result('A'))];
  expect(seen(...talk)).toEqual(['user: q', 'assistant A: ', 'tool A: done A', 'assistant: more']);
});

test('thinking is kept on its side of the calls, redacted thinking is not', () => {
  const thinking = (said: string) => ({ type: 'thinking', thinking: said, signature: 's' });
  const redacted = { type: 'redacted_thinking', data: 'xx' };
  const turn = assistant(thinking('first'), redacted, use('A'), thinking('then'), text('b'));
  const messages = chatMessagesOf([user(text('q')), turn, user(result('A'))]);
  expect(messages[1]).toMatchObject({ reasoning_content: 'first', content: '' });
  expect(messages[3]).toEqual({ role: 'assistant', content: 'b', reasoning_content: 'then' });
});

test('an image in a result is shown by the user, under a line that names the call', () => {
  const talk = [user(text('q')), assistant(use('A')), user(result('A', [text('see'), image]), text('so?'))];
  const [, , tool, shown] = chatMessagesOf(talk);
  expect(tool).toEqual({
    role: 'tool',
    tool_call_id: 'A',
    content: "see\n(1 shown in the user's next message)",
  });
  expect(shown?.content).toEqual([
    text('Shown by the tool call A:'),
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    text('so?'),
  ]);
});

test('results of any shape become text, and a failed call says so', () => {
  const failed = { ...result('A', 'no disk'), is_error: true };
  const search = { type: 'search_result', source: 's', title: 't', content: [text('x')] };
  const turn = assistant(use('A'), use('B'), use('C'));
  const answers = user(failed, result('B', [text('1'), search]), { type: 'tool_result', tool_use_id: 'C' });
  expect(seen(user(text('q')), turn, answers).slice(2)).toEqual([
    'tool A: Error: no disk',
    'tool B: 1\nt\ns\nx',
    'tool C: ',
  ]);
});

test('documents are sent as text or as a file', () => {
  const plain = {
    type: 'document',
    title: 'T',
    source: { type: 'text', media_type: 'text/plain', data: 'body' },
  };
  const pdf = {
    type: 'document',
    source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
  };
  expect(chatMessagesOf([user(plain, pdf)])).toEqual([
    {
      role: 'user',
      content: [
        text('T\nbody'),
        {
          type: 'file',
          file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
        },
      ],
    },
  ]);
});

test('a turn without a word is a blank, as chat models refuse an empty one', () => {
  expect(seen(user(text('q')), assistant(text('')), user(text('r')))[1]).toBe('assistant:  ');
});

const asked = user(text('q'));
test.each([
  ['a result without a call', 'tool_pairing_invalid', [user(result('A'))]],
  ['a call without a result', 'tool_pairing_invalid', [asked, assistant(use('A')), user(text('well?'))]],
  ['a call at the end', 'tool_pairing_invalid', [asked, assistant(use('A'))]],
  [
    'two results of one call',
    'tool_pairing_invalid',
    [asked, assistant(use('A')), user(result('A'), result('A'))],
  ],
  [
    'two calls with one id',
    'tool_pairing_invalid',
    [asked, assistant(use('A'), use('A')), user(result('A'))],
  ],
  [
    'a result of an older call',
    'tool_pairing_invalid',
    [asked, assistant(use('A')), user(result('A')), assistant(use('B')), user(result('A'), result('B'))],
  ],
  ['an image of the assistant', 'unsupported_content', [asked, assistant(image)]],
  ['a block of a server tool', 'unsupported_content', [asked, assistant({ type: 'server_tool_use' })]],
  [
    'a file of a store',
    'unsupported_content',
    [user({ type: 'image', source: { type: 'file', file_id: 'f' } })],
  ],
  [
    'a link to a document',
    'unsupported_content',
    [user({ type: 'document', source: { type: 'url', url: 'http://a/b' } })],
  ],
  ['a user without a word', 'invalid_value', [user(text(''))]],
  ['a text that is none', 'invalid_value', [user({ type: 'text', text: 5 })]],
  [
    'a call with a list for input',
    'invalid_value',
    [asked, assistant({ ...use('A'), input: [] }), user(result('A'))],
  ],
  [
    'an image that is no base64',
    'invalid_value',
    [user({ type: 'image', source: { ...image.source, data: 'a b' } })],
  ],
  [
    'an image of an unknown kind',
    'invalid_value',
    [user({ type: 'image', source: { ...image.source, media_type: 'image/tiff' } })],
  ],
  [
    'an image of a file on the machine',
    'invalid_value',
    [user({ type: 'image', source: { type: 'url', url: 'file:///etc/passwd' } })],
  ],
] as const)('%s is refused', (_, code, messages) => {
  expect(refusal(...(messages as readonly InputMessage[]))).toBe(`400 ${code}`);
});
