import { type Static, Type } from 'typebox';
import { openaiError } from '../../kit/openai-error.ts';
import { type Competitor, competitorByName } from '../competitors.ts';
import { capabilityOf, unsupportedCapability } from '../control-plane/capability.ts';
import { ControlError } from '../control-plane/control-error.ts';
import { modelNotFound } from '../model/model-not-found.ts';
import { type Targets, targetOf } from '../model/target.ts';
import { check, invalidRequest } from '../responses/request/check.ts';
import { refuseDeepNesting } from '../responses/request/nesting.ts';

/** Of a text as JSON: the most that it takes in an answer, in the database and in an event. */
const maxContentBytes = 256 * 1024;

const Text = Type.Union([Type.String({ maxLength: 256 }), Type.Null()]);

/** Of `POST /agent/start`, with the names of agentapi-plusplus. */
export const StartBody = Type.Object(
  {
    agent: Type.Optional(Text),
    model: Type.Optional(Text),
    prompt: Type.String({ minLength: 1 }),
    cwd: Type.Optional(Text),
    capability: Type.Optional(Text),
  },
  { additionalProperties: false },
);

/** Of `POST /agent/{id}/messages`, with the names of agentapi. */
export const MessageBody = Type.Object(
  {
    content: Type.String({ minLength: 1 }),
    type: Type.Optional(Type.Union([Type.Literal('user'), Type.Literal('raw')])),
    capability: Type.Optional(Text),
  },
  { additionalProperties: false },
);

/** Of routes that need none. */
export const ResumeBody = Type.Object({ capability: Type.Optional(Text) }, { additionalProperties: false });

/** A body that fits, or 400. One that is not there counts as empty. */
export function readBody<T extends typeof StartBody | typeof MessageBody | typeof ResumeBody>(
  schema: T,
  body: unknown,
): Static<T> {
  refuseDeepNesting(body);
  return check(schema, body ?? {}, '');
}

/** A text that says something; throws 400 otherwise, 413 for one of more than 256 KiB as JSON. */
export function checkContent(content: string, param: string): string {
  if (content.trim() === '') {
    throw invalidRequest(`Invalid value for '${param}': it says nothing.`, 'invalid_value', param);
  }
  if (Buffer.byteLength(JSON.stringify(content)) > maxContentBytes) {
    const message = `'${param}' may have ${maxContentBytes} bytes as JSON.`;
    throw openaiError(413, message, 'invalid_request_error', 'content_too_large', param);
  }
  return content;
}

/**
 * The model id of the agent that a start asks for: `agent` names an agent of the gateway, or one of its models; `model`
 * alone does so too. `default`, or nothing, is the first agent. Throws 404 for a name that the gateway doesn't know, 400 for
 * a model beside an agent, which has its own.
 */
export function agentOf(
  { agent, model }: Pick<Static<typeof StartBody>, 'agent' | 'model'>,
  competitors: readonly Competitor[],
  targets: Targets,
): string {
  const [named, asked] = [agent, model].map((name) => (isDefault(name) ? undefined : name));
  if (!named) return asked ? targetOf(targets, asked).model : (competitors[0] as Competitor).id;
  const found = competitorByName(competitors, named)?.id ?? named;
  if (!targets.has(found)) throw modelNotFound(named, 'agent');
  if (!asked || asked === found) return found;
  const message = `The agent '${named}' has a model of its own: leave 'model' out.`;
  throw invalidRequest(message, 'unsupported_parameter', 'model');
}

/** Agents of a gateway have no directory of the client's; throws 400 for a request that counts on one. */
export function checkDirectory(cwd: string | null | undefined): void {
  if (cwd === undefined || cwd === null || cwd === '' || cwd === '.') return;
  throw invalidRequest(
    "'cwd' is not supported: agents work in a place of their own.",
    'unsupported_parameter',
    'cwd',
  );
}

const isDefault = (name: string | null | undefined): boolean => !name || name === 'default';

/** What a label means, and the label as it was sent; nothing for none. Throws the control plane's 501 for an unknown one. */
export function capabilityIn(label: string | null | undefined, id: string) {
  const capability = capabilityOf(label ?? '');
  if (capability === undefined) throw new ControlError(501, unsupportedCapability(label ?? '', id));
  return { capability: capability || null, label: label || null };
}
