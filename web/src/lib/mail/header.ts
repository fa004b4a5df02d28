import type { MailHeader } from '../state/model';

/** To whom a mail goes, and under which subject. */
export interface Header {
  to: string[];
  cc: string[];
  bcc: string[];
  subject: string;
  /** Whether the mail that is answered is quoted; absent is as the inbox says. */
  quoting?: 'leave_out' | 'include' | undefined;
}

/** What the server keeps of one; what is empty is absent. */
export type KeptHeader = MailHeader;

/** A header from what the server kept. */
export const wholeHeader = (h: KeptHeader | undefined): Header => ({
  to: h?.to ?? [],
  cc: h?.cc ?? [],
  bcc: h?.bcc ?? [],
  subject: h?.subject ?? '',
  ...(h?.quoting ? { quoting: h.quoting } : {}),
});

/** Every recipient, those in To first. */
export const everybody = (h: Header): string[] => [...h.to, ...h.cc, ...h.bcc];
