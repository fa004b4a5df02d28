/** Files on their way into a draft. */
import { draftsOf } from '../state/draftserver';
import { words } from '../state/words';
import type { Attachment, Mode } from '../state/model';
import type { Workspace } from '../state/workspace';

/** One file on its way; done is from 0 to 1. */
export interface Upload {
  key: number;
  name: string;
  size: number;
  done: number;
  /** Why it did not get there. */
  problem: string;
  stop: AbortController;
}

/** The uploads of one composer. */
export class Uploads {
  all = $state<Upload[]>([]);
  /** Whether the draft has to wait for a file. */
  readonly busy = $derived(this.all.some((u) => !u.problem));
  private next = 0;

  /** began is called before the first thing of a draft is there. */
  constructor(
    private readonly w: Workspace,
    private readonly conversation: string,
    private readonly began: (mode: Mode) => void,
  ) {}

  add(list: FileList | File[] | null | undefined, into: Mode): void {
    for (const file of list ?? []) void this.upload(file, into);
  }

  remove(u: Upload): void {
    u.stop.abort();
    this.all = this.all.filter((x) => x.key !== u.key);
  }

  stop(): void {
    for (const u of this.all) u.stop.abort();
  }

  private async upload(file: File, into: Mode): Promise<void> {
    const { w, conversation: id } = this;
    const drafts = draftsOf(w);
    const key = this.next++;
    const stop = new AbortController();
    this.all.push({ key, name: file.name, size: file.size, done: 0, problem: '', stop });
    const mine = () => this.all.find((u) => u.key === key);
    try {
      const a: Attachment = await w.upload(
        file,
        (done) => {
          const u = mine();
          if (u) u.done = done;
        },
        stop.signal,
      );
      this.all = this.all.filter((u) => u.key !== key);
      const draft = drafts.get(id, into);
      if (draft.text === '' && draft.files.length === 0) this.began(into);
      drafts.change(id, into, { files: [...draft.files, a] });
    } catch (err) {
      const u = mine();
      if (u) u.problem = words(err);
    }
  }
}
