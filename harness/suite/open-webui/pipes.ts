import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AxiosResponse } from 'axios';
import { packageRoot } from '../../stack/process/launch.ts';
import type { Admin } from './admin.ts';

/** A function as Open WebUI shows it. */
export interface FunctionRecord {
  readonly id: string;
  readonly type: string;
  readonly is_active: boolean;
  readonly content?: string;
  readonly meta: { readonly manifest: Readonly<Record<string, string>> };
}

/** Text of a function of the repository; they are never imported by a suite, only by Open WebUI. */
export function pipeText(name: string): string {
  return readFileSync(join(packageRoot, 'stubs/pipes', `${name}.py`), 'utf8');
}

export const probeText = () => pipeText('probe');

/** An id that no other test uses, so that a stack can be used again and again. */
export function newPipeId(name: string): string {
  return `${name}_${randomBytes(4).toString('hex')}`;
}

/** The functions that a file has imported, to be removed when it is done. */
export class ImportedPipes {
  readonly #admin: Admin;
  readonly #ids: string[] = [];

  constructor(admin: Admin) {
    this.#admin = admin;
  }

  /** Imports the text; the server may refuse it. */
  async create(id: string, content: string, through = this.#admin): Promise<AxiosResponse<FunctionRecord>> {
    this.#ids.push(id);
    return await through.post('/api/v1/functions/create', body(id, content));
  }

  /** Imports the text and switches it on. Throws what the server said when it refused. */
  async add(name: string, content: string, through = this.#admin): Promise<string> {
    const id = newPipeId(name);
    const created = await this.create(id, content, through);
    if (created.status !== 200)
      throw new Error(`import of ${id}: ${created.status} ${JSON.stringify(created.data)}`);
    const { data } = await through.post<FunctionRecord>(`/api/v1/functions/id/${id}/toggle`);
    if (!data.is_active) throw new Error(`${id} is not active after it was switched on`);
    return id;
  }

  async update(id: string, content: string): Promise<AxiosResponse<FunctionRecord>> {
    return await this.#admin.post(`/api/v1/functions/id/${id}/update`, body(id, content));
  }

  async find(id: string): Promise<AxiosResponse<FunctionRecord>> {
    return await this.#admin.get(`/api/v1/functions/id/${id}`);
  }

  async remove(id: string): Promise<void> {
    await this.#admin.delete(`/api/v1/functions/id/${id}/delete`);
  }

  async removeAll(): Promise<void> {
    for (const id of this.#ids) await this.remove(id);
  }
}

const body = (id: string, content: string) => ({
  id,
  name: id,
  content,
  meta: { description: 'of a suite' },
});
