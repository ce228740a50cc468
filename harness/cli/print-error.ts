import { GauntletError } from '../errors.ts';
import { StartFailure } from '../stack/start-failure.ts';

/** Code, sentence, hint; for a failed start the culprit's last lines. Anything without a code is a fault of ours. */
export function printError(error: unknown): void {
  if (!(error instanceof GauntletError)) {
    console.error(`GNT_INTERNAL: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return;
  }
  if (error instanceof StartFailure && error.logTail) {
    console.error(`\n  last lines of ${error.service}:\n${error.logTail.replace(/^/gm, '  │ ')}\n`);
  }
  console.error(`${error.code}: ${error.message}\n  ${error.hint}`);
}
