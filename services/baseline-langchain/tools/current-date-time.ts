import { tool } from '@langchain/core/tools';
import { z } from 'zod';
import { toolNames } from '../routing.ts';

export const currentDateTime = tool(
  ({ time_zone: timeZone }) => {
    const now = new Date();
    try {
      const local = now.toLocaleString('en-GB', {
        dateStyle: 'full',
        timeStyle: 'long',
        timeZone: timeZone || 'UTC',
      });
      return `${now.toISOString()} (${local})`;
    } catch {
      return `${now.toISOString()} (the time zone "${timeZone}" is unknown)`;
    }
  },
  {
    name: toolNames.currentDateTime,
    description: 'Tells the current date and time.',
    schema: z.object({
      time_zone: z.string().optional().describe('IANA name, for example Europe/Rome; default UTC'),
    }),
  },
);
