/** Fills what is known into a quick reply for somebody who is written to first; the server does it in a conversation. */

const formats = /[*_`[\]<>()#\\|{}]/gu;

/** The text with the values of its variables; a variable without one takes what stands behind its bar, or stays a blank. */
export function fill(text: string, known: Readonly<Record<string, string>>): string {
  return text.replace(/(\\?)\{\{[ \t]*([a-z]+\.[a-z_]+)[ \t]*(?:\|([^{}\n]*))?\}\}/gu, (whole, escaped: string, name: string, fallback: string | undefined) => {
    if (escaped) return whole;
    const value = known[name]?.replace(formats, '').replace(/\s+/gu, ' ').trim();
    return value || fallback?.trim() || whole;
  });
}
