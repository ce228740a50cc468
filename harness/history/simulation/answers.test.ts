import { expect, test } from '@jest/globals';
import { answerSimulations } from './answers.ts';

const seeds = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('correct runs have what makes a verdict hard', () => {
  const runs = seeds(300).flatMap((seed) => {
    const { history, journal = [] } = answerSimulations[0]?.correct(seed) ?? { history: undefined };
    return history ? [{ history, journal }] : [];
  });
  const completions = runs.flatMap(({ history }) =>
    history.events.flatMap((event) => (event.type === 'fault' || event.type === 'invoke' ? [] : [event])),
  );
  const calls = runs.flatMap(({ journal }) => journal);
  const counts = {
    faults: runs.filter(({ history }) => history.header.faults).length,
    aborts: completions.filter(({ abortedAt }) => abortedAt !== undefined).length,
    timeOuts: completions.filter(({ timedOut }) => timedOut).length,
    brokenStreams: completions.filter(({ stream }) => stream?.endedCleanly === false).length,
    errorsInStreams: completions.filter(({ stream }) => stream?.frames.some((each) => 'error' in each))
      .length,
    missing: completions.filter(({ status }) => status === 404).length,
    limited: completions.filter(({ type, status }) => type === 'fail' && status === 429).length,
    retries: calls.length - new Set(calls.map(({ op }) => op)).size,
    refusedUpstream: calls.filter(({ status }) => status !== null && status >= 400).length,
    emptyAnswers: calls.filter(({ answerText }) => answerText === '').length,
  };
  for (const [name, count] of Object.entries(counts)) expect([name, count > 10]).toEqual([name, true]);
});
