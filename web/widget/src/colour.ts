const part = (hex: string, i: number) => parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
const linear = (v: number) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);

/** contrast is how well white reads on a colour (WCAG 2). */
export const contrast = (hex: string) => 1.05 / (0.2126 * linear(part(hex, 0)) + 0.7152 * linear(part(hex, 1)) + 0.0722 * linear(part(hex, 2)) + 0.05);

/** readable darkens a colour until white text on it is easy to read. */
export function readable(hex: string): string {
  if (!/^#[0-9a-f]{6}$/i.test(hex)) return '#0F6A57';
  let c = hex;
  while (contrast(c) < 4.5)
    c =
      '#' +
      [0, 1, 2]
        .map((i) =>
          Math.floor(part(c, i) * 0.94)
            .toString(16)
            .padStart(2, '0'),
        )
        .join('');
  return c;
}
