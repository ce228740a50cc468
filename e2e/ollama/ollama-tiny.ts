/** What the tiny model says to any prompt, see stubs/ollama-model: greedy sampling over a fixed chain of words. */
export const sentence = 'The quick brown fox jumps over the lazy dog and then it sleeps under a tree .';
