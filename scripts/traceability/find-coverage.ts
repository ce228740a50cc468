/** A test and the ids of the requirements it covers. */
export interface CoveringTest {
  readonly file: string;
  readonly name: string;
  readonly ids: readonly string[];
}

export interface Coverage {
  readonly tests: readonly CoveringTest[];
  /** Sentences about `covers` lines that stand above no test. */
  readonly strays: readonly string[];
}

const COVERS = /^[ \t]*\/\/ covers[ \t]+(\S+)[ \t]*$/gm;
const TEST =
  /((?:^[ \t]*\/\/.*\n)+)[ \t]*test(?:\.\w+)*(?:\((?:\w+|\[(?:[^[\]]|\[[^[\]]*\])*\](?:\s*as const)?)\))?\(\s*(['"`])((?:\\.|(?!\2)[^\\])*)\2/gm;

/** Reads the lines `// covers <id>` directly above the tests of a file. */
export function findCoverage(file: string, source: string): Coverage {
  const tests = [...source.matchAll(TEST)].flatMap(([, comments = '', , name = '']) => {
    const ids = idsIn(comments);
    return ids.length > 0 ? [{ file, name: name.replace(/\\(.)/g, '$1'), ids }] : [];
  });
  const attached = tests.reduce((sum, { ids }) => sum + ids.length, 0);
  const all = idsIn(source).length;
  const strays =
    all > attached ? [`${file}: ${all - attached} "covers" line(s) do not stand directly above a test`] : [];
  return { tests, strays };
}

function idsIn(text: string): readonly string[] {
  return [...text.matchAll(COVERS)].map(([, id = '']) => id);
}
