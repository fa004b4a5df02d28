/** Who a mail can go to, found by what was typed. */
import type { Contact } from '../state/model';
import type { Workspace } from '../state/workspace';
import { same, writeAddress } from './addresses';

/** One that was found. */
export interface Offer {
  address: string;
  name: string;
  email: string;
  /** A customer's id; absent is a colleague. */
  contact?: string;
}

const most = 6;

/** Customers whose name or address has what was typed in it, then colleagues. */
export async function offers(w: Workspace, typed: string, without: readonly string[]): Promise<Offer[]> {
  const q = typed.trim().toLowerCase();
  if (!q) return [];
  const page = await w.http.get<{ items: Contact[] }>('/contacts', { q, limit: 20 });
  const contacts = page.items.flatMap((c) =>
    c.email && !c.blocked
      ? [{ address: writeAddress({ name: c.name === c.email ? '' : c.name, email: c.email }), name: c.name, email: c.email, contact: c.id }]
      : [],
  );
  const colleagues = [...w.members.values()]
    .filter((m) => m.active && `${m.name} ${m.email}`.toLowerCase().includes(q))
    .map((m) => ({ address: writeAddress({ name: m.name, email: m.email }), name: m.name, email: m.email }));
  // Whose name or address begins so comes first.
  const begins = (o: Offer) => Number(o.name.toLowerCase().startsWith(q) || o.email.toLowerCase().startsWith(q));
  const known = contacts.sort((a, b) => begins(b) - begins(a));
  return [...known, ...colleagues]
    .filter((o, i, all) => !without.some((x) => same(x, o.address)) && all.findIndex((x) => same(x.address, o.address)) === i)
    .slice(0, most);
}
