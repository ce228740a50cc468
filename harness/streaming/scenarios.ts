/** What has to be true of a stream, on every path on which it can be tried: the title of its test. */
const table = [
  ['order', 'four hundred small frames come whole and in order, and the provider was asked once'],
  ['terminal', 'there is one finish, one end, and nothing behind it'],
  ['grammar', 'the events of a text and of calls keep the grammar of their API'],
  ['usage', 'usage is told once, and is what the provider counted'],
  ['bytes', 'text of several bytes a character survives writes that cut characters and frames'],
  ['packed', 'frames that come many at a time, the last one cut, are taken apart'],
  ['line separators', 'what Unicode calls the end of a line does not end a frame'],
  ['incremental', 'the first word arrives before the last one is written'],
  ['length', 'an answer that was too long says so'],
  ['official client', 'the official client puts the same answer together'],
  ['parallel', 'twelve streams at once keep their texts apart'],
  ['broken off', 'a stream whose connection breaks is not shown as complete'],
  ['ended early', 'a stream that ends without a finish is not shown as complete'],
  ['error inside', 'an error inside a stream is one to the client, behind the text that came'],
  ['error before', 'an error before the first frame keeps its status'],
  ['unprocessable', 'a request that the provider cannot process is refused as one'],
  ['left', 'a client that leaves in the middle ends the stream at the provider'],
  ['left early', 'a client that leaves before the first word ends the request at the provider'],
  ['tools', 'calls of two tools keep their names and arguments, which come in pieces'],
  ['reasoning', 'what was thought comes before what is said, and apart from it'],
  ['reasoning field', 'what was thought counts in the other field of providers as well'],
  ['refusal', 'a refusal says its words and is no plain answer'],
] as const;

export type ScenarioName = (typeof table)[number][0];

export interface StreamScenario {
  readonly name: ScenarioName;
  readonly title: string;
}

export const scenarios: readonly StreamScenario[] = table.map(([name, title]) => ({ name, title }));
