// Adds to package-lock.json the optional platform packages that the index at hand does not carry.
// npm leaves them out of the lock then, and `npm ci` of npm 11 refuses it, on every machine (npm/cli #4828).
import { readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const packages = lock.packages;
const find = (from, name) => {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = `${at ? `${at}/` : ''}node_modules/${name}`;
    if (packages[path]) return path;
    if (!at.includes('/node_modules/')) {
      return packages[`node_modules/${name}`] ? `node_modules/${name}` : undefined;
    }
  }
};
for (const [path, entry] of Object.entries({ ...packages })) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (find(path, name)) continue;
    const version = /^[\^~]?(\d+\.\d+\.\d+\S*)$/.exec(range)?.[1];
    if (!version) {
      console.error(`no exact version: ${name}@${range} of ${path}`);
      continue;
    }
    const os = /(android|darwin|linux|win32|freebsd|openharmony|sunos|aix|netbsd|openbsd)/.exec(name)?.[1];
    const cpu = /-(arm64|x64|ia32|arm|ppc64|riscv64|s390x|loong64|wasm32)(?:-|$)/.exec(name)?.[1];
    const libc = /musl/.test(name) ? 'musl' : /gnu/.test(name) && os === 'linux' ? 'glibc' : undefined;
    packages[`node_modules/${name}`] = {
      version,
      ...(cpu && { cpu: [cpu] }),
      ...(libc && { libc: [libc] }),
      ...(entry.dev && { dev: true }),
      license: entry.license,
      optional: true,
      ...(os && { os: [os] }),
    };
    console.log('added', name, version, os, cpu, libc ?? '');
  }
}
lock.packages = Object.fromEntries(
  Object.entries(packages).sort(([a], [b]) => (a === b ? 0 : a < b ? -1 : 1)),
);
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
