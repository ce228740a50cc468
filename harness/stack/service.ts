/** One service as `compose.yaml` describes it, interpolated. */
export interface ServiceSpec {
  readonly name: string;
  readonly title: string;
  readonly profiles: readonly string[];
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The port inside the container, and the variable that fixes the port on the host. */
  readonly port: { readonly container: number; readonly variable: string };
  /** Without these it cannot be. */
  readonly dependsOn: readonly string[];
  /** Those of them that must be healthy before it starts; for the others it waits by itself. */
  readonly waitsFor: readonly string[];
  readonly healthcheck: readonly string[];
  /** Path a replacement or a remote service must answer with 200; absent for services that don't speak HTTP. */
  readonly healthPath?: string;
  /** Any answer there will do: the user said that it has no health path. */
  readonly anyAnswer?: true;
  readonly process: ProcessExtension;
}

/** `x-process`: what differs when there is no container engine. */
export interface ProcessExtension {
  readonly command?: readonly string[];
  readonly healthcheck?: readonly string[];
  /** Folder with the requirements.lock from which a virtual environment is made. */
  readonly python?: string;
  /** What to install for another version, such as `litellm[proxy]`. */
  readonly package?: string;
  /** List that the package carries beside its modules, instead of its own dependencies. */
  readonly requirements?: string;
  /** The server installs packages at run time: give it an environment of its own on top. */
  readonly writable?: boolean;
  /** Program that must be on PATH. */
  readonly binary?: string;
  /** Where it is not, it is compiled into the cache (ollama-program.ts). */
  readonly compiled?: boolean;
}

/** Value of `<SERVICE>_HEALTH` for a server without a health path. */
export const noHealthPath = 'none';

/** What the address of a service begins with. */
export function schemeOf(service: string): string {
  return service === 'postgres' || service === 'redis' ? service : 'http';
}

/** Upper-case prefix of a service's environment variables: `baseline-cli` → `BASELINE_CLI`. */
export function variablePrefix(service: string): string {
  return service.replaceAll('-', '_').toUpperCase();
}
