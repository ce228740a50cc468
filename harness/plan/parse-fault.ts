import { type Fields, fieldsOf, oneOf, record, refuse, text, whole } from './decode.ts';
import {
  type ClientFault,
  clientActions,
  closings,
  type Fault,
  type LinkFault,
  linkActions,
  type StreamEffect,
  type StreamTarget,
  serviceActions,
  streamEffects,
  type WorkerFault,
  workerActions,
} from './fault.ts';
import type { GapTrigger, Trigger } from './plan.ts';

/** @throws GauntletError GNT_PLAN_INVALID */
export function parseFault(value: unknown, place: string): Fault {
  const { on } = record(value, place);
  switch (oneOf(on, `${place}.on`, ['worker', 'service', 'link', 'stream', 'client'])) {
    case 'worker': {
      const fields = fieldsOf(value, place, ['on', 'action', 'service', 'worker', 'revertAfterMs']);
      return {
        on: 'worker',
        action: oneOf(fields.action, `${place}.action`, workerActions),
        service: text(fields.service, `${place}.service`),
        worker: parseWorker(fields.worker, `${place}.worker`),
        revertAfterMs: bound(fields, place),
      };
    }
    case 'service': {
      const fields = fieldsOf(value, place, ['on', 'action', 'service', 'revertAfterMs']);
      return {
        on: 'service',
        action: oneOf(fields.action, `${place}.action`, serviceActions),
        service: text(fields.service, `${place}.service`),
        revertAfterMs: bound(fields, place),
      };
    }
    case 'link':
      return parseLinkFault(value, place);
    case 'stream': {
      const names = ['on', 'through', 'link', 'target', 'effect', 'revertAfterMs'];
      const fields = fieldsOf(value, place, names);
      const through = oneOf(fields.through, `${place}.through`, ['wire', 'provider']);
      if ((through === 'wire') !== (fields.link !== undefined)) {
        refuse(place, 'must name a link if it goes through the wire, and only then');
      }
      return {
        on: 'stream',
        through,
        ...(fields.link === undefined ? {} : { link: text(fields.link, `${place}.link`) }),
        target: parseTarget(fields.target, `${place}.target`),
        effect: parseEffect(fields.effect, `${place}.effect`),
        revertAfterMs: bound(fields, place),
      };
    }
    case 'client':
      return parseClientFault(value, place);
  }
}

function parseLinkFault(value: unknown, place: string): LinkFault {
  const fields = fieldsOf(value, place, ['on', 'action', 'link', 'delayMs', 'revertAfterMs']);
  const action = oneOf(fields.action, `${place}.action`, linkActions);
  const hit = {
    on: 'link',
    link: text(fields.link, `${place}.link`),
    revertAfterMs: bound(fields, place),
  } as const;
  if (action === 'lag')
    return { ...hit, action, delayMs: whole(fields.delayMs, `${place}.delayMs`, 1, 10_000) };
  if (fields.delayMs !== undefined) refuse(`${place}.delayMs`, 'is for lag');
  return { ...hit, action };
}

function parseWorker(value: unknown, place: string): WorkerFault['worker'] {
  if (value === null || typeof value !== 'object') return whole(value, place, 1, 64);
  const { serves, link } = fieldsOf(value, place, ['serves', 'link']);
  return { serves: text(serves, `${place}.serves`), ...optionalLink(link, place) };
}

/** When a fault of a worker or service fires. @throws GauntletError GNT_PLAN_INVALID */
export function parseTrigger(value: unknown, place: string): Trigger {
  const fields = record(value, place);
  if (fields.after !== undefined) return parseGap(value, place);
  if (fields.atUpstream === undefined) {
    const { operation, afterFrames } = fieldsOf(value, place, ['operation', 'afterFrames']);
    return {
      operation: text(operation, `${place}.operation`),
      afterFrames: whole(afterFrames, `${place}.afterFrames`, 0),
    };
  }
  const { operation, atUpstream, link } = fieldsOf(value, place, ['operation', 'atUpstream', 'link']);
  return {
    operation: text(operation, `${place}.operation`),
    atUpstream: oneOf(atUpstream, `${place}.atUpstream`, ['arrived']),
    ...optionalLink(link, place),
  };
}

function parseGap(value: unknown, place: string): GapTrigger {
  const { after, before, settled } = fieldsOf(value, place, ['after', 'before', 'settled']);
  if (settled !== undefined && settled !== true) refuse(`${place}.settled`, 'is not true');
  if (settled !== undefined && before === undefined) refuse(`${place}.settled`, 'needs "before"');
  return {
    after: text(after, `${place}.after`),
    ...(before === undefined ? {} : { before: text(before, `${place}.before`) }),
    ...(settled === undefined ? {} : { settled }),
  };
}

const optionalLink = (link: unknown, place: string) =>
  link === undefined ? {} : { link: text(link, `${place}.link`) };

/** No fault may last longer than five minutes. */
const bound = (fields: Fields, place: string) =>
  whole(fields.revertAfterMs, `${place}.revertAfterMs`, 1, 300_000);

function parseClientFault(value: unknown, place: string): ClientFault {
  const names = ['on', 'action', 'operation', 'afterFrames', 'afterMs', 'bytesPerSecond'];
  const fields = fieldsOf(value, place, names);
  const operation = text(fields.operation, `${place}.operation`);
  const action = oneOf(fields.action, `${place}.action`, clientActions);
  const { afterMs } = fields;
  return action === 'abort'
    ? {
        on: 'client',
        action,
        operation,
        afterFrames: whole(fields.afterFrames, `${place}.afterFrames`, 0),
        ...(afterMs === undefined ? {} : { afterMs: whole(afterMs, `${place}.afterMs`, 0, 60_000) }),
      }
    : {
        on: 'client',
        action,
        operation,
        bytesPerSecond: whole(fields.bytesPerSecond, `${place}.bytesPerSecond`, 1),
      };
}

function parseTarget(value: unknown, place: string): StreamTarget {
  const fields = fieldsOf(value, place, ['operation', 'connection']);
  return fields.operation === undefined
    ? { connection: whole(fields.connection, `${place}.connection`, 1) }
    : { operation: text(fields.operation, `${place}.operation`) };
}

function parseEffect(value: unknown, place: string): StreamEffect {
  const fields = record(value, place);
  const number = (name: string, min: number, max?: number) =>
    whole(fields[name], `${place}.${name}`, min, max);
  const kind = oneOf(fields.kind, `${place}.kind`, streamEffects);
  switch (kind) {
    case 'cut': {
      const by = oneOf(fields.by, `${place}.by`, closings);
      return fields.afterFrames === undefined
        ? { kind, afterBytes: number('afterBytes', 0), by }
        : { kind, afterFrames: number('afterFrames', 0), by };
    }
    case 'end':
      return { kind, afterFrames: number('afterFrames', 0) };
    case 'cut-in-character':
      return { kind, frame: number('frame', 1), by: oneOf(fields.by, `${place}.by`, closings) };
    case 'duplicate':
    case 'reorder':
    case 'malformed':
      return { kind, frame: number('frame', 1) };
    case 'status': {
      const status = number('status', 429, 599);
      if (status > 429 && status < 500) refuse(`${place}.status`, 'is neither 429 nor 5xx');
      const { retryAfterS } = fields;
      return {
        kind,
        status,
        ...(retryAfterS === undefined ? {} : { retryAfterS: number('retryAfterS', 0) }),
      };
    }
    case 'slow-first-token':
    case 'delay':
      return { kind, delayMs: number('delayMs', 1) };
    case 'slice':
      return { kind, bytes: number('bytes', 1) };
    case 'throttle':
      return { kind, bytesPerSecond: number('bytesPerSecond', 1) };
    case 'refuse':
    case 'half-open':
      return { kind };
  }
}
