/** The name of an emoji that is being typed. */

/** What stands before the caret from its colon on, if it may become an emoji: two letters at least, after a space or at the beginning. */
export function colonAt(text: string, caret: number): string | undefined {
  return /(?:^|[\s([{"'])(:[a-z0-9_+-]{2,}:?)$/i.exec(text.slice(Math.max(0, caret - 40), caret))?.[1];
}
