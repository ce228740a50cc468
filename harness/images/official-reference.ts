const hasHost = (reference: string) => /^(localhost|[^/]*[.:][^/]*)\//.test(reference);

/** Host that `docker pull` asks for this reference. */
export function registryHost(reference: string): string {
  return hasHost(reference) ? reference.slice(0, reference.indexOf('/')) : 'docker.io';
}

/**
 * Where a mirror has an image: the mirror's address takes the place of the registry's host.
 * `ghcr.io/berriai/litellm:v1` at `mirror.local:5000` is `mirror.local:5000/berriai/litellm:v1`.
 */
export function mirrored(reference: string, mirror: string | undefined): string {
  if (!mirror) return reference;
  const path = hasHost(reference) ? reference.slice(reference.indexOf('/') + 1) : reference;
  return `${mirror.replace(/\/+$/, '')}/${path}`;
}
