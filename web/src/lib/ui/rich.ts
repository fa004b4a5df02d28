/** HTML that the server has made safe, as a page takes it that asks for trusted types. */
interface Policies {
  createPolicy: (name: string, rules: { createHTML: (html: string) => string }) => { createHTML: (html: string) => unknown };
}

const policy = (window as unknown as { trustedTypes?: Policies }).trustedTypes?.createPolicy('parley-note', { createHTML: (html) => html });

/** The HTML of a note, sanitised by internal/richtext, for {@html}; nothing else may be given to it. */
export const rich = (html: string): string => (policy ? policy.createHTML(html) : html) as string;
