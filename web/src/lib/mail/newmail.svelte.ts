/** Mails to somebody that were begun and not sent: kept on the server while they are written. */
import type { Attachment } from '../state/model';
import type { Http } from '../state/http';
import { words } from '../state/words';
import { everybody, wholeHeader, type Header, type KeptHeader } from './header';

/** One as the server keeps it. */
export interface Begun extends KeptHeader {
  name: string;
  inbox_id?: string;
  channel_id?: string;
  contact_id?: string;
  text: string;
  attachments: Attachment[];
  revision: number;
  updated_at: string;
}

/** Milliseconds until what was written is kept. */
const after = 1200;

/** The mails that were begun, the newest first. */
export const begun = async (http: Http): Promise<Begun[]> => (await http.get<{ items: Begun[] }>('/new-mails')).items;

/** One new mail, as it is being written. */
export class NewMail {
  header = $state.raw<Header>(wholeHeader(undefined));
  text = $state('');
  files = $state.raw<readonly Attachment[]>([]);
  inbox = $state('');
  channel = $state('');
  /** The customer whose address the first one is. */
  contact = $state.raw<{ id: string; email: string }>();
  state = $state<'idle' | 'saving' | 'saved' | 'problem'>('idle');
  problem = $state('');
  private revision = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> = Promise.resolve();
  private ended = false;

  constructor(
    private readonly http: Http,
    readonly name: string,
    kept?: Begun,
  ) {
    if (!kept) return;
    this.header = wholeHeader(kept);
    this.text = kept.text;
    this.files = kept.attachments;
    this.inbox = kept.inbox_id ?? '';
    this.channel = kept.channel_id ?? '';
    this.revision = kept.revision;
    this.state = 'saved';
    const first = kept.to?.[0];
    if (kept.contact_id && first) this.contact = { id: kept.contact_id, email: first };
  }

  get empty(): boolean {
    return everybody(this.header).length === 0 && !this.header.subject && !this.text.trim() && this.files.length === 0;
  }

  /** The customer, while their address is the first. */
  get known(): string | undefined {
    return this.contact && this.header.to[0] === this.contact.email ? this.contact.id : undefined;
  }

  /** Something was written: it is kept a moment later. */
  changed(): void {
    if (this.ended || (this.empty && this.revision === 0)) return;
    this.state = 'saving';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.keep(), after);
  }

  /** Keeps what waits, at once. */
  async flush(): Promise<void> {
    if (this.state === 'saving') await this.keep();
    await this.running;
  }

  /** It was sent, or is not wanted. */
  async end(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await this.running;
    if (this.revision > 0) await this.http.send('DELETE', `/new-mails/${this.name}`);
  }

  private keep(): Promise<void> {
    clearTimeout(this.timer);
    return (this.running = this.running.then(() => this.save()));
  }

  private async save(): Promise<void> {
    if (this.ended) return;
    const sent = [this.header, this.text, this.files, this.inbox, this.channel];
    const { to, cc, bcc, subject } = this.header;
    try {
      const stored = await this.http.send<Begun>('PUT', `/new-mails/${this.name}`, {
        ...{ to, cc, bcc, subject, text: this.text, attachment_ids: this.files.map((f) => f.id), revision: this.revision },
        ...(this.inbox ? { inbox_id: this.inbox } : {}),
        ...(this.channel ? { channel_id: this.channel } : {}),
        ...(this.known ? { contact_id: this.known } : {}),
      });
      this.revision = stored.revision;
      const same = [this.header, this.text, this.files, this.inbox, this.channel].every((x, i) => x === sent[i]);
      if (same) this.state = 'saved';
      this.problem = '';
    } catch (err) {
      this.state = 'problem'; // the next change tries again
      this.problem = words(err);
    }
  }
}
