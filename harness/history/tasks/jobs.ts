import { invalid, named, notFound, type Violation } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { shown } from '../value.ts';
import type { Checker } from '../verdict.ts';
import { type Job, type JobTable, jobTableOf } from './job-table.ts';

export const deliveries = ['at-least-once', 'at-most-once', 'exactly-once'] as const;

export interface JobOptions {
  readonly delivery: (typeof deliveries)[number];
  /** How long a job may be out of sight: until it can be delivered, or again after its worker is gone. Default 0. */
  readonly withinMs?: number;
  /** Jobs of one producer are delivered in the order in which they were put in. */
  readonly fifo?: boolean;
}

type Rule = (table: JobTable) => Violation | undefined;

/**
 * Work that is handed over is done as often as promised, whatever becomes of the worker that has it: a fault excuses nothing.
 * Source: delivery guarantees of SQS, Celery and BullMQ.
 */
export function jobs({ delivery, withinMs = 0, fifo = false }: JobOptions): Checker {
  const rules: Rule[] = [stranger];
  if (delivery !== 'at-least-once') rules.push(twice);
  if (delivery !== 'at-most-once') rules.push((table) => lost(table, withinMs), (table) => half(table, withinMs));
  if (delivery === 'at-least-once') rules.push((table) => unfinished(table, withinMs));
  if (fifo) rules.push(outOfOrder);
  return {
    name: 'jobs',
    rule: `Every acknowledged job is delivered ${delivery.replaceAll('-', ' ')}, a batch as a whole${fifo ? ', in the order of its producer' : ''}.`,
    needs: [
      'unique jobs: enqueue (one, or a list as one batch), deliver (answers with what it got, nothing when the queue is empty)',
      delivery === 'at-most-once'
        ? 'jobs that are delivered'
        : `queues emptied in the end, ${withinMs} ms after the last enqueue or unanswered deliver`,
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
        const isOpen = (job: Job) => job.deliveries.length === 0 && job.enqueue.outcome === 'ok';
        if (delivery !== 'at-most-once')
          unseen += table.jobs.filter((job) => isOpen(job) && !mayBeGone(table, delivery)).length;
      }
      const unmet = unseen > 0 ? `${unseen} job(s) were not waited for until the queue was empty` : undefined;
      return notFound('jobs', counted, unmet, 'no job was put in');
    },
  };
}

/** Exactly once can't give again what an answer took with it that got lost: the consumer may have it. */
const mayBeGone = ({ unanswered }: JobTable, delivery: JobOptions['delivery']): boolean =>
  delivery === 'exactly-once' && unanswered.length > 0;

function stranger({ strangers: [first] }: JobTable): Violation | undefined {
  if (!first) return undefined;
  const reason = `${named(first.operation)} got a job that had not been put in: ${shown(first.operation.completion?.value)}`;
  return { reason, operations: [first.operation] };
}

function twice({ jobs: all }: JobTable): Violation | undefined {
  const job = all.find(({ deliveries }) => deliveries.length > 1);
  if (!job) return undefined;
  const operations = job.deliveries.slice(0, 2).map(({ operation }) => operation);
  return { reason: `job ${shown(job.id)} was delivered ${job.deliveries.length} times`, operations };
}

/** When everything must be in sight again that was on its way when this one was answered. */
const dueAfter = ({ completion, invoke }: Operation, withinMs: number): number =>
  (completion?.at ?? invoke.at) + withinMs;

/** A deliver that found nothing, begun when a job of this time had to be there. */
function emptyAfter({ empties, unanswered }: JobTable, atMs: number, place: number, withinMs: number) {
  return empties.find(
    (empty) =>
      empty.invoke.at >= atMs &&
      empty.start > place &&
      // What an unanswered deliver took comes back so long after it, or later where it still goes on.
      unanswered.every(
        (deliver) => deliver.start > empty.answered || empty.invoke.at >= dueAfter(deliver, withinMs) + withinMs,
      ),
  );
}

function lost(table: JobTable, withinMs: number): Violation | undefined {
  for (const job of table.jobs) {
    const { enqueue } = job;
    if (enqueue.outcome !== 'ok' || job.deliveries.length > 0) continue;
    const empty = emptyAfter(table, dueAfter(enqueue, withinMs), enqueue.end, withinMs);
    if (!empty) continue;
    const reason = `job ${shown(job.id)} was never delivered: ${named(enqueue)} was acknowledged, ${named(empty)} found nothing`;
    return { reason, operations: [enqueue, empty] };
  }
  return undefined;
}

/** Some jobs of a batch, and not the others, though there was nothing left. What was not acknowledged may be missing as a whole. */
function half(table: JobTable, withinMs: number): Violation | undefined {
  const batches = Map.groupBy(table.jobs, ({ enqueue }) => enqueue);
  for (const [enqueue, batch] of batches) {
    const [seen] = batch.flatMap(({ deliveries }) => deliveries);
    const missing = batch.find(({ deliveries }) => deliveries.length === 0);
    if (!seen || !missing) continue;
    const empty = emptyAfter(table, dueAfter(seen.operation, withinMs), seen.operation.end, withinMs);
    if (!empty) continue;
    const reason = `of the batch ${named(enqueue)} only a part was delivered: ${shown(missing.id)} is missing`;
    return { reason, operations: [enqueue, seen.operation, empty] };
  }
  return undefined;
}

/** Delivered, never finished, and not delivered again: gone with its worker. Only where consumers report what they finished. */
function unfinished(table: JobTable, withinMs: number): Violation | undefined {
  if (!table.jobs.some(({ isFinished }) => isFinished)) return undefined;
  for (const job of table.jobs) {
    const last = job.deliveries.at(-1);
    if (!last || job.isFinished) continue;
    const empty = emptyAfter(table, dueAfter(last.operation, withinMs), last.operation.end, withinMs);
    if (!empty) continue;
    const reason = `job ${shown(job.id)} was never finished, and not delivered again after ${named(last.operation)}`;
    return { reason, operations: [job.enqueue, last.operation, empty] };
  }
  return undefined;
}

function outOfOrder({ jobs: all, unanswered }: JobTable): Violation | undefined {
  // A deliver without an answer may have taken the first one first.
  if (unanswered.length > 0) return undefined;
  const byProducer = Map.groupBy(all, ({ enqueue }) => enqueue.invoke.client);
  for (const own of byProducer.values()) {
    const delivered = own.filter(({ deliveries }) => deliveries.length > 0);
    for (const [index, later] of delivered.entries()) {
      const before = delivered.slice(0, index).find((job) => isBefore(job, later) && isOvertaken(job, later));
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
