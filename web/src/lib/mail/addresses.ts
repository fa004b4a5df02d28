/** Mail addresses as people write them; the grammar is that of desk/address.go. */

/** Somebody's mail address, with their name or ''. */
export interface Address {
  name: string;
  email: string;
}

/** Whether s can be a mail address. */
export function isEmail(s: string): boolean {
  const at = s.lastIndexOf('@');
  return at > 0 && at < s.length - 1 && s.length <= 254 && !/[\s<>,;:"()[\]\\\u0000-\u001f\u007f]/u.test(s);
}

/** Reads "jane@example.com" or "Jane Doe <jane@example.com>", whatever stands there. */
export function readAddress(s: string): Address {
  const m = /^(.*)<([^<>]*)>\s*$/su.exec(s.trim());
  if (!m) return { name: '', email: s.trim() };
  let name = (m[1] ?? '').trim();
  if (name.length >= 2 && name.startsWith('"') && name.endsWith('"')) name = name.slice(1, -1).replace(/\\(.)/gsu, '$1');
  name = name.replace(/\s+/gu, ' ');
  const email = (m[2] ?? '').trim();
  return { name: name === email ? '' : name, email };
}

/** Writes an address so that it can be read again. */
export function writeAddress({ name, email }: Address): string {
  if (!name) return email;
  return /[",;:<>()[\]@\\]/u.test(name) ? `"${name.replace(/[\\"]/gu, '\\$&')}" <${email}>` : `${name} <${email}>`;
}

/** Every address in a text that was typed or pasted: between commas, semicolons and line breaks, or spaces where there are only addresses. */
export function addressesIn(text: string): string[] {
  const parts = text.match(/(?:"(?:\\.|[^"\\])*"|<[^<>]*>|[^,;\n\r"<])+/gu) ?? [];
  return parts.flatMap((part) => {
    const one = part.trim();
    const words = one.split(/\s+/u);
    if (words.length > 1 && words.every(isEmail)) return words;
    return one ? [writeAddress(readAddress(one))] : [];
  });
}

/** The part behind the @ of an address, in lower case. */
export const domainOf = (s: string): string => readAddress(s).email.split('@').at(-1)?.toLowerCase() ?? '';

/** Whether two addresses are of one mailbox. */
export const same = (a: string, b: string): boolean => readAddress(a).email.toLowerCase() === readAddress(b).email.toLowerCase();

/** Every address once, the first of each. */
export const once = (all: readonly string[]): string[] => all.filter((a, i) => all.findIndex((b) => same(a, b)) === i);

/** Without what stands behind a plus: support+c1.x@example.com is support@example.com. */
const bare = (s: string): string =>
  readAddress(s)
    .email.toLowerCase()
    .replace(/\+[^@]*@/u, '@');

/** Whether an address is one of ours. */
export const isOurs = (a: string, ours: readonly string[]): boolean => ours.some((o) => same(o, a) || bare(o) === bare(a));
