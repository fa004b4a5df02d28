import type { Page } from '@playwright/test';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { begin, expect } from './parley';

/** Hands one mail to an SMTP server, as another mail server would; its lines end with LF here. */
export function send(port: number, from: string, to: string, mail: string): Promise<void> {
  const body = mail.replace(/\n/g, '\r\n').replace(/^\./gm, '..');
  const steps = ['EHLO customer.test', `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, 'DATA', `${body}\r\n.`, 'QUIT'];
  return new Promise((done, fail) => {
    const s = connect(port, '127.0.0.1');
    let heard = '';
    s.on('error', fail);
    s.on('data', (d) => {
      heard += d.toString();
      const last = /^(\d{3}) .*\r\n$/m.exec(heard);
      if (!last) return;
      heard = '';
      if (Number(last[1]) >= 400) return fail(new Error(last[0]));
      const next = steps.shift();
      if (next) return s.write(`${next}\r\n`);
      s.end();
      done();
    });
  });
}

/** A mail that arrived: its headers, unfolded and in lower case, and all of it. */
export interface Got {
  to: string;
  raw: string;
  header: (name: string) => string;
}

/** PostOffice is a small SMTP server that keeps what it gets. */
export class PostOffice {
  mails: Got[] = [];
  private server: Server;

  constructor() {
    this.server = createServer((s) => {
      let heard = '';
      let to = '';
      let data = false;
      s.on('error', () => undefined);
      s.write('220 post.test\r\n');
      s.on('data', (d) => {
        heard += d.toString('latin1');
        for (;;) {
          const end = heard.indexOf(data ? '\r\n.\r\n' : '\r\n');
          if (end < 0) return;
          const text = heard.slice(0, end);
          heard = heard.slice(end + (data ? 5 : 2));
          if (data) {
            data = false;
            this.keep(to, text.replace(/^\.\./gm, '.'));
            s.write('250 2.0.0 kept\r\n');
            continue;
          }
          if (/^RCPT TO:/i.test(text)) to = /<(.*?)>/.exec(text)?.[1] ?? '';
          data = /^DATA/i.test(text);
          s.write(data ? '354 go on\r\n' : /^QUIT/i.test(text) ? '221 bye\r\n' : '250 2.0.0 yes\r\n');
        }
      });
    });
  }

  /** open listens and returns its address. */
  open(): Promise<string> {
    return new Promise((done) => this.server.listen(0, '127.0.0.1', () => done(this.address)));
  }

  /** Where it listens. */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close() {
    this.server.close();
  }

  private keep(to: string, raw: string) {
    const head = (raw.split('\r\n\r\n')[0] ?? '').replace(/\r\n[ \t]+/g, ' ');
    this.mails.push({ to, raw, header: (name) => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '' });
  }
}

/** Makes an inbox that has a mail address, whose mails leave at once. */
export async function mailbox(page: Page, base: string) {
  await begin(page, base);
  const api = async (method: 'post' | 'patch', path: string, data: object) => {
    const r = await page.request[method](base + '/api/v1' + path, { headers: { 'X-Parley-CSRF': '1' }, data });
    expect(r.ok(), await r.text()).toBe(true);
    return (await r.json()) as { id: string };
  };
  const me = (await (await page.request.get(base + '/api/v1/session')).json()) as { workspaces: { id: string; slug: string }[] };
  const w = `/workspaces/${me.workspaces[0]?.id}`;
  const inbox = await api('post', `${w}/inboxes`, { name: 'Support', grouping: 'per_thread' });
  await api('patch', `${w}/inboxes/${inbox.id}`, { settings: { undo_mail_seconds: 0 } });
  await api('post', `${w}/inboxes/${inbox.id}/channels`, { kind: 'email', name: 'Lindqvist', config: { address: 'support@desk.test' } });
  await api('post', `${w}/quick-replies`, {
    kind: 'reply',
    name: 'Ready',
    shortcut: '/ready',
    text: 'Hello {{contact.first_name|there}}, your {{thing}} is ready.',
  });
  await page.reload(); // so that the page knows of the address
  return { slug: me.workspaces[0]?.slug ?? '', workspace: w, inbox: inbox.id, api };
}
