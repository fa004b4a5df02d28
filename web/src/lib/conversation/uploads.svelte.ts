/** Files on their way into a draft. */
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

/** Where files go: what is there, and how it is changed. */
export interface Into {
  files: readonly Attachment[];
  put: (files: readonly Attachment[]) => void;
}

/** The uploads of one composer. */
export class Uploads {
  all = $state<Upload[]>([]);
  /** Whether the draft has to wait for a file. */
  readonly busy = $derived(this.all.some((u) => !u.problem));
  private next = 0;
  /** In which order files were chosen, by their id: the order in which they stand, whichever is here first. */
  private readonly places: Record<string, number> = {};

  constructor(
    private readonly w: Workspace,
    private readonly into: (mode: Mode) => Into,
  ) {}

  /** Sends files up; there is told of each that has come. */
  add(list: FileList | File[] | null | undefined, into: Mode, there?: (f: Attachment) => void): void {
    for (const file of list ?? []) void this.upload(file, into, there);
  }

  remove(u: Upload): void {
    u.stop.abort();
    this.all = this.all.filter((x) => x.key !== u.key);
  }

  stop(): void {
    for (const u of this.all) u.stop.abort();
  }

  private async upload(file: File, into: Mode, there?: (f: Attachment) => void): Promise<void> {
    const { w } = this;
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
      this.places[a.id] = key;
      const { files, put } = this.into(into);
      const later = files.findIndex((f) => (this.places[f.id] ?? -1) > key);
      put(files.toSpliced(later < 0 ? files.length : later, 0, a));
      there?.(a);
    } catch (err) {
      const u = mine();
      if (u) u.problem = words(err);
    }
  }
}
