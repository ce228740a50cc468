import { documentOf, type Requirement } from './requirement.ts';

/**
 * Sentences about differences between the list of requirements and the documents they come from: spec 101 names its
 * tests itself, document 000 has one line per gap, suggestion, or thing that is covered already. Of the others, each requirement quotes what it takes.
 */
export function compareWithSeeds(
  requirements: readonly Requirement[],
  seeds: ReadonlyMap<string, string>,
): readonly string[] {
  const spec = seeds.get('004');
  const gaps = seeds.get('000');
  const listed = (document: string) => requirements.filter(({ id }) => documentOf(id) === document);
  return [
    ...(spec === undefined
      ? []
      : differences(
          testsIn(spec),
          listed('101').map(({ id }) => id),
        )),
    ...(gaps === undefined
      ? []
      : differences(
          requestsIn(gaps),
          listed('000').map(({ line = '' }) => line),
        )),
    ...['001', '002', '003'].flatMap((document) => misquoted(listed(document), seeds.get(document))),
  ];
}

/** Ids of the tests of the specification: `101/<class>.<test>`; fixtures are no coroutines. */
export function testsIn(spec: string): readonly string[] {
  let className = '';
  return spec.split('\n').flatMap((line) => {
    className = /^class (\w+)/.exec(line)?.[1] ?? className;
    const name = /^\s+async def (test_\w+)\(/.exec(line)?.[1];
    return name === undefined ? [] : [`101/${className}.${name}`];
  });
}

/** The lines that ask for something, or say that it is there: the list items below these headings. */
export function requestsIn(gaps: string): readonly string[] {
  let asked = false;
  const items = gaps.split('\n').flatMap((line) => {
    if (/^[A-Z][\w ]+$/.test(line)) asked = /^(Known gaps|Current state|Suggested future work)$/.test(line);
    const item = /^- (.+)$/.exec(line)?.[1];
    return asked && item !== undefined ? [item] : [];
  });
  return [...new Set(items)];
}

function misquoted(listed: readonly Requirement[], text: string | undefined): readonly string[] {
  const isQuote = ({ line }: Requirement) => line !== undefined && text?.includes(line) === true;
  const wrong = text === undefined ? [] : listed.filter((requirement) => !isQuote(requirement));
  return wrong.map(({ id }) => `docs/requirements.json quotes what is not there: "${id}"`);
}

function differences(wanted: readonly string[], listed: readonly string[]): readonly string[] {
  return [
    ...wanted
      .filter((item) => !listed.includes(item))
      .map((item) => `docs/requirements.json lacks "${item}"`),
    ...listed
      .filter((item) => !wanted.includes(item))
      .map((item) => `docs/requirements.json has "${item}", which nobody asked for`),
  ];
}
