import type { JsonRecord } from '../plan/json.ts';
import type { ResponseEvent } from './event-types.ts';
import { numbered, type Said, streamOf } from './test-streams.ts';

/** Changes the events of one type: fields of the event, of its response, its item or its part. */
export const where = (
  said: readonly Said[],
  type: string,
  { event = {}, response, item, part }: Record<string, JsonRecord>,
): ResponseEvent[] =>
  streamOf(said).map((each) => {
    if (each.type !== type) return each;
    const inside = Object.entries({ response, item, part }).flatMap(([name, change]) =>
      change ? [[name, { ...(each[name] as JsonRecord), ...change }]] : [],
    );
    return { ...each, ...event, ...Object.fromEntries(inside) };
  });
export const without = (said: readonly Said[], type: string): ResponseEvent[] =>
  numbered(streamOf(said).filter((event) => event.type !== type));
/** The events of those types change places. */
export const swapped = (said: readonly Said[], one: string, other: string): ResponseEvent[] => {
  const events = streamOf(said);
  const at = (type: string) => events.findIndex((event) => event.type === type);
  const [first, second] = [events[at(one)], events[at(other)]] as [ResponseEvent, ResponseEvent];
  return numbered(events.with(at(one), second).with(at(other), first));
};
