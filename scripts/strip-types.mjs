import { stripTypeScriptTypes } from 'node:module';

/** Jest's transform of the project's own files: they are erasable TypeScript, and `tsc` has judged their types apart. */
export default {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
};
