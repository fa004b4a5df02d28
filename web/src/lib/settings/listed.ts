/** Returns what people wrote as a list: the parts between separators, without blanks and empty ones. */
export const listed = (text: string, separator = ','): string[] =>
  text
    .split(separator)
    .map((s) => s.trim())
    .filter(Boolean);
