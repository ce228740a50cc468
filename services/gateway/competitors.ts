/** A backend the gateway can send a conversation to; its id doubles as a model id. */
export interface Competitor {
  readonly id: string;
  /** Other names under which the debug endpoints know it. */
  readonly aliases: readonly string[];
  /** Base address without a trailing slash. */
  readonly url: string;
}

export interface CompetitorUrls {
  readonly cli: string;
  readonly langchain?: string | undefined;
}

/** The fixed list of competitors; the one without an address is not offered at all. */
export function competitorsOf(urls: CompetitorUrls): readonly Competitor[] {
  const cli: Competitor = {
    id: 'baseline-cli-agent',
    aliases: ['agent-cli', 'baseline-cli'],
    url: trimSlash(urls.cli),
  };
  if (urls.langchain === undefined) return [cli];
  const langchain = { id: 'baseline-langchain', aliases: ['langchain'], url: trimSlash(urls.langchain) };
  return [cli, langchain];
}

/** Finds a competitor by id or alias, for the debug endpoints. */
export function competitorByName(competitors: readonly Competitor[], name: string): Competitor | undefined {
  return competitors.find(({ id, aliases }) => id === name || aliases.includes(name));
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
