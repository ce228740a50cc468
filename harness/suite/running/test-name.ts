interface Named {
  readonly name: string;
  readonly parent?: Named | undefined;
}

/** Full name of a test as Jest's results have it: the names of its blocks and its own, joined by spaces. */
export function testName(test: Named): string {
  const names: string[] = [];
  for (let at: Named | undefined = test; at; at = at.parent) {
    if (at.name !== 'ROOT_DESCRIBE_BLOCK') names.unshift(at.name);
  }
  return names.join(' ');
}
