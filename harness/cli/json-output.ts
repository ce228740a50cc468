/**
 * With `--json` standard output carries one object and nothing else: until it is printed, everything that is meant for
 * people goes to standard error.
 *
 * @returns prints the object
 */
export function jsonOutput(wanted: boolean): (value: object) => void {
  if (!wanted) return () => undefined;
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return (value) => void write(`${JSON.stringify(value)}\n`);
}
