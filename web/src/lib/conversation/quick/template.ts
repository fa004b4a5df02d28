/** Makes a text that was written to one customer one that fits them all (F2-70). */

const escaped = (s: string) => s.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
/** A whole name, not a part of a longer word. */
const whole = (name: string) => new RegExp(`(?<![\\p{L}\\p{N}_])${escaped(name)}(?![\\p{L}\\p{N}_])`, 'gu');

/**
 * The text with the customer's name as a variable wherever it stands word for word,
 * the whole name before the first one. What stands between double braces stays.
 */
export function asTemplate(text: string, customer: string): string {
  const name = customer.trim();
  if (!name || name.includes('@')) return text; // a mail address is nobody's name
  const first = name.split(' ')[0] ?? '';
  const names: [string, string][] = [[first, '{{contact.first_name}}']];
  if (first !== name) names.unshift([name, '{{contact.name}}']);
  return names.reduce(
    (all, [from, to]) =>
      from.length < 2
        ? all
        : all
            .split(/(\{\{[^{}\n]*\}\})/)
            .map((part, i) => (i % 2 ? part : part.replace(whole(from), () => to)))
            .join(''),
    text,
  );
}
