/** A message of a chat as its people see it. */
export interface ChatMessage {
  readonly id: number;
  readonly chat: string;
  readonly thread: string | undefined;
  readonly from: 'person' | 'bot';
  text: string;
  readonly replyTo: number | undefined;
  /** Id of a recording that came with it. */
  readonly voice: string | undefined;
  /** Every text that it has had, the latest one last. */
  readonly texts: string[];
  isDeleted: boolean;
}

export type NewMessage = Pick<ChatMessage, 'chat' | 'from' | 'text'> &
  Partial<Pick<ChatMessage, 'thread' | 'replyTo' | 'voice'>>;

/** All chats of a double, kept as long as it runs. */
export class ChatLog {
  readonly #messages: ChatMessage[] = [];
  readonly #recordings = new Map<string, Buffer>();
  readonly #waiting = new Set<() => void>();

  add({ chat, from, text, thread, replyTo, voice }: NewMessage): ChatMessage {
    const id = this.#messages.length + 1;
    const message = { id, chat, thread, from, text, replyTo, voice, texts: [text], isDeleted: false };
    this.#messages.push(message);
    for (const wake of [...this.#waiting]) wake();
    return message;
  }

  /** A message that is there, in this chat. */
  find(chat: string, id: number): ChatMessage | undefined {
    return this.#messages.find((message) => message.id === id && message.chat === chat && !message.isDeleted);
  }

  /** Messages of all chats, or of one, behind an id. */
  after(id: number, chat?: string): readonly ChatMessage[] {
    return this.#messages.filter(
      (message) => message.id > id && (chat === undefined || message.chat === chat),
    );
  }

  edit(message: ChatMessage, text: string): void {
    message.text = text;
    message.texts.push(text);
  }

  record(audio: Buffer): string {
    const id = `recording-${this.#recordings.size + 1}`;
    this.#recordings.set(id, audio);
    return id;
  }

  recording(id: string): Buffer | undefined {
    return this.#recordings.get(id);
  }

  /** Resolves at the next message, or when the time is over. */
  news(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      this.#waiting.add(wake);
    });
  }
}
