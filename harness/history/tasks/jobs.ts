import { invalid, named, notFound, type Violation } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { shown } from '../value.ts';
import type { Checker } from '../verdict.ts';
import { type Job, type JobTable, jobTableOf } from './job-table.ts';

export const deliveries = ['at-least-once', 'at-most-once', 'exactly-once'] as const;

export interface JobOptions {
  readonly delivery: (typeof deliveries)[number];
  /**
   * How long a job may be out of sight: from its enqueue until it can be delivered, and from when it was delivered, or the answer
   * was given up, until it can be delivered again. Without it an acknowledged job is there at once, and never comes back.
   */
  readonly withinMs?: number;
  /** Jobs of one producer are delivered in the order in which they were put in. */
  readonly fifo?: boolean;
}

const never = Number.POSITIVE_INFINITY;

type Rule = (table: JobTable) => Violation | undefined;

/**
 * Work that is handed over is done as often as promised, whatever becomes of the worker that has it: a fault excuses nothing.
 * Source: delivery guarantees of SQS, Celery and BullMQ.
 */
export function jobs({ delivery, withinMs, fifo = false }: JobOptions): Checker {
  const rules: Rule[] = [stranger];
  if (delivery !== 'at-least-once') rules.push(twice);
  const shownMs = withinMs ?? 0;
  // Exactly once can't give again what an answer took with it that got lost: the consumer may have it.
  const backMs = delivery === 'exactly-once' ? never : (withinMs ?? never);
  if (delivery !== 'at-most-once') {
    rules.push((table) => lost(table, shownMs, backMs));
    rules.push((table) => half(table, shownMs, backMs));
  }
  if (delivery === 'at-least-once') rules.push((table) => unfinished(table, backMs));
  if (fifo) rules.push(outOfOrder);
  return {
    name: 'jobs',
    rule: `Every acknowledged job is delivered ${delivery.replaceAll('-', ' ')}, a batch as a whole${fifo ? ', in the order of its producer' : ''}.`,
    needs: [
      'unique jobs: enqueue (one, or a list as one batch), deliver (answers with what it got, nothing when the queue is empty)',
      delivery === 'at-most-once'
        ? 'jobs that are delivered'
        : `queues emptied in the end, ${shownMs} ms after the last enqueue or unanswered deliver`,
    ],
    check(history) {
      let counted = 0;
      let unseen = 0;
      for (const operations of timelineOf(history).keys) {
        const table = jobTableOf(operations);
        counted += table.jobs.length;
        for (const rule of rules) {
          const violation = rule(table);
          if (violation) return invalid('jobs', violation, counted);
        }
        if (delivery !== 'at-most-once')
          unseen += table.jobs.filter((job) => isOpen(table, job, backMs)).length;
      }
      const unmet = unseen > 0 ? `${unseen} job(s) were not waited for until the queue was empty` : undefined;
      return notFound('jobs', counted, unmet, 'no job was put in');
    },
  };
}

/** Acknowledged and not delivered, and nothing may have taken it. */
const isOpen = (
  { unanswered }: JobTable,
  { deliveries: given, acknowledged }: Job,
  backMs: number,
): boolean => given.length === 0 && acknowledged !== undefined && (unanswered.length === 0 || backMs < never);

function stranger({ strangers: [first] }: JobTable): Violation | undefined {
  if (!first) return undefined;
  const reason = `${named(first.operation)} got a job that had not been put in: ${shown(first.operation.completion?.value)}`;
  return { reason, operations: [first.operation] };
}

function twice({ jobs: all }: JobTable): Violation | undefined {
  const job = all.find(({ deliveries: given, puts }) => given.length > puts);
  if (!job) return undefined;
  const operations = job.deliveries.map(({ operation }) => operation);
  return { reason: `job ${shown(job.id)} was delivered ${job.deliveries.length} times`, operations };
}

/** When everything must be in sight again that was on its way when this one was given up or answered. */
const dueAfter = ({ completion }: Operation, withinMs: number): number =>
  (completion?.at ?? never) + withinMs;

/** A deliver that found nothing, though the job of another operation had to be there. */
function emptyAfter(
  { empties, unanswered }: JobTable,
  after: Operation,
  shownMs: number,
  backMs: number,
): Operation | undefined {
  return empties.find(
    (empty) =>
      empty.start > after.end &&
      empty.invoke.at >= dueAfter(after, shownMs) &&
      unanswered.every(
        (deliver) => deliver.start > empty.answered || empty.invoke.at >= dueAfter(deliver, backMs),
      ),
  );
}

function lost(table: JobTable, shownMs: number, backMs: number): Violation | undefined {
  for (const { id, acknowledged, deliveries: given } of table.jobs) {
    if (!acknowledged || given.length > 0) continue;
    const empty = emptyAfter(table, acknowledged, shownMs, backMs);
    if (!empty) continue;
    const reason = `job ${shown(id)} was never delivered: ${named(acknowledged)} was acknowledged, ${named(empty)} found nothing`;
    return { reason, operations: [acknowledged, empty] };
  }
  return undefined;
}

/** Some jobs of a batch, and not the others, though there was nothing left. What was not acknowledged may be missing as a whole. */
function half(table: JobTable, shownMs: number, backMs: number): Violation | undefined {
  for (const [enqueue, batch] of Map.groupBy(table.jobs, (job) => job.enqueue)) {
    const [seen] = batch.flatMap(({ deliveries: given }) => given);
    const missing = batch.find(({ deliveries: given }) => given.length === 0);
    const empty = seen && missing && emptyAfter(table, seen.operation, shownMs, backMs);
    if (!empty) continue;
    const reason = `of the batch ${named(enqueue)} only a part was delivered: ${shown(missing.id)} is missing`;
    return { reason, operations: [enqueue, seen.operation, empty] };
  }
  return undefined;
}

/** Delivered, never finished, and not delivered again: gone with its worker. Only where consumers report what they finished. */
function unfinished(table: JobTable, backMs: number): Violation | undefined {
  if (!table.jobs.some(({ isFinished }) => isFinished)) return undefined;
  for (const job of table.jobs) {
    const last = job.deliveries.at(-1);
    if (!last || job.isFinished) continue;
    const empty = emptyAfter(table, last.operation, backMs, backMs);
    if (!empty) continue;
    const reason = `job ${shown(job.id)} was never finished, and not delivered again after ${named(last.operation)}`;
    return { reason, operations: [job.enqueue, last.operation, empty] };
  }
  return undefined;
}

/** Jobs are compared with so many that their producer put in just before: disorder begins nearby. */
const nearby = 64;

function outOfOrder({ jobs: all, unanswered }: JobTable): Violation | undefined {
  // A deliver without an answer may have taken the first one first.
  if (unanswered.length > 0) return undefined;
  const byProducer = Map.groupBy(all, ({ enqueue }) => enqueue.invoke.client);
  for (const own of byProducer.values()) {
    const delivered = own.filter(({ deliveries }) => deliveries.length > 0);
    for (const [index, later] of delivered.entries()) {
      const before = delivered
        .slice(Math.max(0, index - nearby), index)
        .find((job) => isBefore(job, later) && isOvertaken(job, later));
      if (!before) continue;
      const operations = [before, later].flatMap(({ enqueue, deliveries: [first] }) =>
        first ? [enqueue, first.operation] : [enqueue],
      );
      const reason = `job ${shown(later.id)} was delivered before ${shown(before.id)}, which was put in before it`;
      return { reason, operations };
    }
  }
  return undefined;
}

const isBefore = (job: Job, later: Job): boolean =>
  job.enqueue === later.enqueue ? job.place < later.place : job.enqueue.end < later.enqueue.start;

function isOvertaken({ deliveries: [first] }: Job, { deliveries: [later] }: Job): boolean {
  if (!first || !later) return false;
  if (first.operation === later.operation) return later.place < first.place;
  return later.operation.end < first.operation.start;
}
