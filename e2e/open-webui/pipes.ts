import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AxiosResponse } from 'axios';
import { packageRoot } from '../../harness/stack/process/launch.ts';
import type { Admin } from './admin.ts';

/** A function as Open WebUI shows it. */
export interface FunctionRecord {
  readonly id: string;
  readonly type: string;
  readonly is_active: boolean;
  readonly content?: string;
  readonly meta: { readonly manifest: Readonly<Record<string, string>> };
}

/** Text of a pipe of the repository; pipes are never imported by a suite, only by Open WebUI. */
export function pipeText(name: 'kit_pipe' | 'context_pipe'): string {
  return readFileSync(join(packageRoot, 'stubs/pipes', `${name}.py`), 'utf8');
}

export function probeText(): string {
  return readFileSync(join(import.meta.dirname, 'pipes/probe.py'), 'utf8');
}

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
  async create(id: string, content: string): Promise<AxiosResponse<FunctionRecord>> {
    this.#ids.push(id);
    return await this.#admin.post('/api/v1/functions/create', body(id, content));
  }

  /** Imports the text and switches it on. Throws what the server said when it refused. */
  async add(name: string, content: string): Promise<string> {
    const id = newPipeId(name);
    const created = await this.create(id, content);
    if (created.status !== 200)
      throw new Error(`import of ${id}: ${created.status} ${JSON.stringify(created.data)}`);
    const { data } = await this.#admin.post<FunctionRecord>(`/api/v1/functions/id/${id}/toggle`);
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
