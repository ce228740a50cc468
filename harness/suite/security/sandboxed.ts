import axios from 'axios';
import { cliModel, says, streamed } from '../chat.ts';
import { doneCount, textOf } from '../event-stream.ts';
import { newOperation } from '../operation.ts';
import { needsScriptedProvider } from '../setup/scripted.ts';
import { skip } from '../skip.ts';
import { optionalService } from '../stack.ts';

/** What a program said that the agent ran for a client. */
export interface Sandboxed {
  /** What it printed by `tell(name, value)`; exceptions come as `{"error": "…"}`. */
  readonly told: Readonly<Record<string, unknown>>;
  /** The answer without the program's own text, with how it ended. */
  readonly answer: string;
}

/** Before every program. The mark is put together there, so that the program's own text in the answer is not taken for it. */
const prelude = `import json, os, sys
def tell(name, value):
    print("=" * 4 + "> " + json.dumps([name, value], default=str), flush=True)
def attempt(name, do):
    try: tell(name, do())
    except BaseException as problem: tell(name, {"error": type(problem).__name__ + " " + str(problem)})
`;

/** Lets the agent behind the gateway run a Python program, as if a model had written it for a client. */
export async function runSandboxed(program: string): Promise<Sandboxed> {
  const source = `${prelude}${program}`;
  const { mark } = newOperation({ say: `\`\`\`python\n${source}\n\`\`\`` });
  const body = { model: cliModel, messages: says(`Write a Python script that tries something ${mark}`) };
  // Streamed: a whole answer has a bound of its own, which a program that uses up its time comes near.
  const seen = await streamed('gateway', body);
  if (seen.status !== 200 || doneCount(seen) !== 1)
    throw new Error(`no program was run: ${seen.status} ${seen.body}`);
  const answer = textOf(seen).replace(source, () => '');
  const told = Object.fromEntries(
    // A line that others were printed into tells nothing.
    [...answer.matchAll(/^====> (\[[^\n]*\])$/gm)].flatMap(([, line = '']) => pairIn(line)),
  );
  return { told, answer };
}

function pairIn(line: string): readonly (readonly [string, unknown])[] {
  try {
    return [JSON.parse(line) as [string, unknown]];
  } catch {
    return [];
  }
}

/** Skips the test where no program is run, or the kernel gives our own agent no namespaces to run it in. */
export async function needsSandbox(): Promise<void> {
  await needsScriptedProvider('gateway');
  const cli = optionalService('baseline-cli');
  if (!cli) skip('this stack has no agent with a sandbox');
  const { data } = await axios.get(`${cli.url}/health`, { timeout: 10_000 });
  if (cli.ours && data.sandbox?.isolation !== 'namespaces')
    skip(`the kernel here gives no namespaces: isolation is "${data.sandbox?.isolation}"`);
}
