/** The images of the stack: where each comes from, and in which version. Versions are pinned here and nowhere else. */
export type ImageName = 'node' | 'postgres' | 'redis' | 'litellm' | 'ollama' | 'open-webui';

export interface OfficialImage {
  readonly reference: string;
  readonly version: string;
  /** What is put on top of the official image, so that it behaves as the built one. */
  readonly addition?: { readonly dockerfile: string; readonly inputs: readonly string[] };
}

export interface ImageSpec {
  readonly name: ImageName;
  /** Environment variable by which compose.yaml takes the reference. */
  readonly variable: string;
  readonly official?: OfficialImage;
  readonly build: {
    readonly version: string;
    /** Paths from the root of the repository. */
    readonly dockerfile: string;
    readonly context: string;
    /** Files and folders below the context that the Dockerfile copies. */
    readonly inputs: readonly string[];
    readonly args: Readonly<Record<string, string>>;
  };
}

const litellmVersion = '1.106.2';
const openWebUiVersion = '0.12.4';
const ollamaVersion = '0.24.0';

const folderBuild = (folder: string, version: string, inputs: readonly string[], args = {}) => ({
  version,
  dockerfile: `docker/${folder}/Dockerfile`,
  context: `docker/${folder}`,
  inputs,
  args,
});

export const catalogue: Readonly<Record<ImageName, ImageSpec>> = {
  node: {
    name: 'node',
    variable: 'NODE_IMAGE',
    build: {
      version: '24',
      dockerfile: 'docker/node/Dockerfile',
      context: '.',
      inputs: ['package.json', 'package-lock.json', '.npmrc', 'patches', 'services', 'stubs'],
      args: {},
    },
  },
  postgres: {
    name: 'postgres',
    variable: 'POSTGRES_IMAGE',
    official: { reference: 'postgres:17.6', version: '17.6' },
    build: folderBuild('postgres', '15', ['docker-entrypoint.sh']),
  },
  redis: {
    name: 'redis',
    variable: 'REDIS_IMAGE',
    official: { reference: 'redis:7.2.7', version: '7.2.7' },
    build: folderBuild('redis', '7.0', []),
  },
  litellm: {
    name: 'litellm',
    variable: 'LITELLM_IMAGE',
    official: {
      reference: `ghcr.io/berriai/litellm:v${litellmVersion}`,
      version: litellmVersion,
      addition: { dockerfile: 'docker/litellm/Dockerfile.official', inputs: ['hooks.lock'] },
    },
    build: folderBuild('litellm', litellmVersion, ['requirements.lock']),
  },
  ollama: {
    name: 'ollama',
    variable: 'OLLAMA_IMAGE',
    official: { reference: `ollama/ollama:${ollamaVersion}`, version: ollamaVersion },
    build: folderBuild('ollama', ollamaVersion, ['miniaudio.h'], { OLLAMA_VERSION: ollamaVersion }),
  },
  'open-webui': {
    name: 'open-webui',
    variable: 'OPEN_WEBUI_IMAGE',
    official: {
      reference: `ghcr.io/open-webui/open-webui:${openWebUiVersion}-slim`,
      version: openWebUiVersion,
      addition: { dockerfile: 'docker/open-webui/Dockerfile.official', inputs: ['open-webui'] },
    },
    build: folderBuild('open-webui', openWebUiVersion, ['requirements.lock']),
  },
};

/** All images, the one that takes longest to build first. */
export const imageNames: readonly ImageName[] = [
  'ollama',
  'litellm',
  'open-webui',
  'postgres',
  'redis',
  'node',
];

const imageOfService: Readonly<Record<string, ImageName>> = {
  postgres: 'postgres',
  redis: 'redis',
  litellm: 'litellm',
  'litellm-ha': 'litellm',
  ollama: 'ollama',
  'ollama-narrow': 'ollama',
  'open-webui': 'open-webui',
  provider: 'node',
  gateway: 'node',
  'baseline-cli': 'node',
  'baseline-langchain': 'node',
  memory: 'node',
  index: 'node',
  'ollama-model': 'node',
  scope: 'node',
  wire: 'node',
  doubles: 'node',
  bridge: 'node',
  recorder: 'node',
};

/** The images these services of compose.yaml run on, each once. A service that brings its own image has none. */
export function imagesForServices(services: readonly string[]): readonly ImageName[] {
  const wanted = new Set(services.map((service) => imageOfService[service]));
  return imageNames.filter((name) => wanted.has(name));
}
