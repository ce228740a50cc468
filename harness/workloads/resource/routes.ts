import { gauntletError } from '../../errors.ts';

export interface Route {
  readonly method: string;
  /** May have `{id}`, `{owner}` and `{word}` in it. */
  readonly path: string;
}

/**
 * The routes of one line, such as `GET|PATCH /notes/{id}`.
 * @throws GauntletError GNT_USAGE
 */
export function routesOf(line: string): readonly Route[] {
  const [, methods, path] = /^([A-Z]+(?:\|[A-Z]+)*) (\/\S*)$/.exec(line) ?? [];
  if (methods === undefined || path === undefined)
    throw gauntletError('GNT_USAGE', `"${line}" is not a route such as "GET|PATCH /notes/{id}".`);
  return methods.split('|').map((method) => ({ method, path }));
}

/** The one route of a line. */
export function routeOf(line: string): Route {
  const [route, ...others] = routesOf(line);
  if (!route || others.length > 0) throw gauntletError('GNT_USAGE', `"${line}" must name one method.`);
  return route;
}

/** A path with what stands in braces filled in. */
export const filled = (path: string, values: Readonly<Record<string, string>>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
