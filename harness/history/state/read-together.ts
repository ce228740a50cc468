import { effectsOf } from '../effects/effects.ts';
import { type Look, looksOf, type Part } from '../effects/looks.ts';
import { type Past, pastOf } from '../effects/past.ts';
import { isUpdate } from '../effects/settled.ts';
import { invalid, named, notFound, type Violation } from '../outcome.ts';
import type { Operation } from '../timeline.ts';
import type { Checker } from '../verdict.ts';

/**
 * What is read together belongs together, and what was seen is not missing its past: no fractured reads (Bailis et al., RAMP,
 * SIGMOD 2014) and writes follow reads (Terry et al. 1994), over several objects.
 */
export const readTogether: Checker = {
  name: 'read-together',
  rule: 'Who is shown a change is shown all that was acknowledged before it began, and the other parts of it, in the same answer and in later ones.',
  needs: [
    'registers, sets or sequences of which a client sees several: in one snapshot, as parts of one request, or one after the other',
    'values and elements are written once and were not there before',
    'parts of one change (`partOf`) happen together',
  ],
  check(history) {
    const effects = effectsOf(history);
    const past = pastOf(effects);
    const siblings = Map.groupBy(
      // Reads may have parts, too; what belongs together is what was changed together.
      effects.operations.filter((operation) => operation.invoke.partOf !== undefined && isUpdate(operation)),
      ({ invoke }) => invoke.partOf,
    );
    const clients = new Map<number, Session>();
    let counted = 0;
    for (const look of looksOf(effects)) {
      const session = clients.get(look.client) ?? { newest: undefined, open: [] };
      clients.set(look.client, session);
      const before = seenBefore(session, look);
      const all = [...(before ? [before] : []), ...shownBy(look, past)];
      const newest = all.reduce<Shown | undefined>(newer, undefined);
      session.open.push({ look, shown: newest });
      if (!newest) continue;
      const others = all.flatMap((shown): readonly Other[] => {
        const { partOf } = shown.change.invoke;
        if (partOf === undefined) return [];
        return (siblings.get(partOf) ?? []).flatMap((other) =>
          other === shown.change ? [] : { other, shown },
        );
      });
      const isKnown = ({ key }: Part) =>
        past[key]?.hasBefore(newest.change.start) || others.some(({ other }) => other.key === key);
      if (look.parts.some(isKnown)) counted += 1;
      const violation = judge(look, past, newest, others);
      if (violation) return invalid('read-together', violation, counted);
    }
    const nothing = 'nobody was shown a change and something else that was changed before it';
    return notFound('read-together', counted, effects.unmet, nothing);
  },
};

/** A change that a client was shown, and by which read. */
interface Shown {
  readonly change: Operation;
  readonly read: Operation;
}

interface Session {
  newest: Shown | undefined;
  /** Looks that may not have ended yet, with the newest change that each of them shows or follows. */
  open: { readonly look: Look; readonly shown: Shown | undefined }[];
}

const newer = (one: Shown | undefined, other: Shown | undefined): Shown | undefined =>
  one && (!other || other.change.start <= one.change.start) ? one : other;

function seenBefore(session: Session, { start }: Look): Shown | undefined {
  const over = session.open.filter(({ look }) => look.end < start);
  session.open = session.open.filter(({ look }) => look.end >= start);
  for (const { shown } of over) session.newest = newer(session.newest, shown);
  return session.newest;
}

const shownBy = ({ parts }: Look, past: readonly (Past | undefined)[]): readonly Shown[] =>
  parts.flatMap(({ key, value, read }) =>
    (past[key]?.shownBy(value, read.start) ?? []).map((change) => ({ change, read })),
  );

/** Another part of a change that was shown. */
interface Other {
  readonly other: Operation;
  readonly shown: Shown;
}

function judge(
  { parts }: Look,
  past: readonly (Past | undefined)[],
  newest: Shown,
  others: readonly Other[],
): Violation | undefined {
  for (const part of parts) {
    const lackedBy = (place: number, also?: Operation) =>
      past[part.key]?.lackedBy(part.value, place, part.read.end, also);
    for (const { other, shown } of others) {
      if (other.key !== part.key) continue;
      const lacked = lackedBy(shown.change.start, other);
      if (lacked) return violation(part, lacked, shown);
    }
    const lacked = lackedBy(newest.change.start);
    if (lacked) return violation(part, lacked, newest);
  }
  return undefined;
}

function violation({ read, key }: Part, lacked: Operation, { change, read: witness }: Shown): Violation {
  const where = read.key === key ? named(read) : `${named(read)} of "${lacked.invoke.key}"`;
  const since =
    lacked.end < change.start ? 'which began after it was acknowledged' : 'a part of the same change';
  return {
    reason: `${where} lacks ${named(lacked)}, though ${named(witness)} shows ${named(change)}, ${since}`,
    operations: [lacked, change, witness, read],
  };
}
