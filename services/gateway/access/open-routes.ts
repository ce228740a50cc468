/** Routes that say how the service is, or what it offers. Every other one needs a key where keys are needed. */
const open = /^\/(?:health|ready|openapi\.json|docs(?:\/.*)?|api\/transcribe\/health)$/;

/**
 * By the route (`routeOptions.url`) and not the address: `/%76%31/models` is an address of /v1/models, and an unknown one
 * has none.
 */
export function isOpenRoute(route: string | undefined): boolean {
  return route !== undefined && open.test(route);
}
