import { type TargetName, targetNames } from '../target.ts';
import type { FeatureRow } from './feature-row.ts';

const prerequisiteFolder = 'smoke/prereq/';

/**
 * Sentences about what is wrong with the map.
 *
 * @param tests all tests of the suites, as `smoke/product/api.test.ts: title`
 */
export function checkMap(rows: readonly FeatureRow[], tests: ReadonlySet<string>): readonly string[] {
  const nameOf = ({ feature, subfeature, scenario }: FeatureRow) =>
    `${feature} › ${subfeature} › ${scenario}`;
  const productOf = ({ product }: FeatureRow) => ('reason' in product ? [] : product);
  const named = rows.flatMap((row) => [...productOf(row), ...(row.prerequisites ?? [])]);
  const problems = rows.flatMap((row) => {
    const name = nameOf(row);
    const { product, prerequisites = [] } = row;
    const missing = [...productOf(row), ...prerequisites].filter((test) => !tests.has(test));
    const posing = productOf(row).filter((test) => test.startsWith(prerequisiteFolder));
    const strange = prerequisites.filter((test) => !test.startsWith(prerequisiteFolder));
    return [
      ...missing.map((test) => `"${name}" names a test that is not there: ${test}`),
      ...posing.map((test) => `"${name}" takes a prerequisite for coverage: ${test}`),
      ...strange.map((test) => `"${name}" takes for a prerequisite what is none: ${test}`),
      ...('reason' in product || product.length > 0 ? [] : [`"${name}" has neither a test nor a reason`]),
      ...('reason' in product && product.reason.trim() === '' ? [`"${name}" has an empty reason`] : []),
    ];
  });
  const names = rows.map(nameOf);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  const unmapped = [...tests].filter((test) => test.startsWith('smoke/') && !named.includes(test));
  const bare = targetNames.filter((target: TargetName) => !rows.some((row) => row.target === target));
  return [
    ...problems,
    ...twice.map((name) => `"${name}" stands in the map twice`),
    ...unmapped.map((test) => `the map of the smoke lacks ${test}`),
    ...bare.map((target) => `the map of the smoke has nothing about the target ${target}`),
  ];
}
