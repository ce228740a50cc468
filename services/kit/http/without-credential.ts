/**
 * A text of another service without the credential that it was asked with: some quote it in their errors, which clients
 * are shown. `authorization` is the header of the request.
 */
export function withoutCredential(text: string, authorization: string | undefined): string {
  const credential = authorization?.replace(/^(?:Bearer|Basic) +/i, '') ?? '';
  return credential === '' ? text : text.replaceAll(credential, '[redacted]');
}
