/** One thing that a requirement document asks for, as `docs/requirements.json` lists it. */
export interface Requirement {
  /** `<document>/<name>`: `101/TestGatewayHealth.test_health_endpoint`, `000/live-openai`. */
  readonly id: string;
  readonly title: string;
  /** The words of the document, where it gives no names of its own. */
  readonly line?: string;
  /** Why no test here covers it, and where it is covered. */
  readonly elsewhere?: string;
}

/** The part of an id before the slash. */
export function documentOf(id: string): string {
  return id.slice(0, id.indexOf('/'));
}
