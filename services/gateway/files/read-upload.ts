import { type Static, Type } from 'typebox';
import { check, invalidRequest } from '../responses/request/check.ts';

/** Upload as JSON, beside the API's own multipart form: text as it is, or any bytes in base64. */
export const JsonUpload = Type.Object(
  {
    filename: Type.String({ pattern: '^[^\\u0000-\\u001f]{1,255}$' }),
    purpose: Type.Optional(Type.String()),
    content: Type.Optional(Type.String()),
    content_base64: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$' })),
  },
  { additionalProperties: false },
);

export interface Upload {
  readonly filename: string;
  readonly purpose: string;
  readonly content: Buffer;
}

const purposes: readonly string[] = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'];

/** Reads the body of POST /v1/files; throws 400. */
export async function readUpload(body: unknown, contentType: string): Promise<Upload> {
  return Buffer.isBuffer(body) ? readForm(body, contentType) : readJson(check(JsonUpload, body, ''));
}

function readJson({ filename, purpose, content, content_base64: base64 }: Static<typeof JsonUpload>): Upload {
  if ((content === undefined) === (base64 === undefined)) {
    throw invalidRequest("Give either 'content' or 'content_base64'.", 'invalid_value', 'content');
  }
  const bytes = content === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(content);
  return uploadOf(filename, purpose ?? 'user_data', bytes);
}

async function readForm(body: Buffer, contentType: string): Promise<Upload> {
  const headers = { 'content-type': contentType };
  const form = await new Response(new Uint8Array(body), { headers }).formData().catch(() => undefined);
  if (form === undefined) throw invalidRequest('The form cannot be read.', 'invalid_form', null);
  const file = form.get('file');
  if (file === null || typeof file === 'string') {
    throw invalidRequest("Missing required parameter: 'file'.", 'missing_required_parameter', 'file');
  }
  const purpose = form.get('purpose');
  if (typeof purpose !== 'string') {
    throw invalidRequest("Missing required parameter: 'purpose'.", 'missing_required_parameter', 'purpose');
  }
  return uploadOf(file.name, purpose, Buffer.from(await file.arrayBuffer()));
}

function uploadOf(name: string, purpose: string, content: Buffer): Upload {
  if (!purposes.includes(purpose)) {
    const message = `Invalid value for 'purpose': it must be one of ${purposes.join(', ')}.`;
    throw invalidRequest(message, 'invalid_value', 'purpose');
  }
  if (content.length === 0) throw invalidRequest('The file is empty.', 'invalid_value', 'file');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a name
  const filename = name.replaceAll(/[\u0000-\u001f]/g, '').slice(-255) || 'file';
  return { filename, purpose, content };
}
