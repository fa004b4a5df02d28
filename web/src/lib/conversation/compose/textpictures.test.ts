import { describe, expect, it } from 'vitest';
import { mayStand, placeOf, stands, takeOut, toggle, withPicture, type Text } from './textpictures';

const f = { id: 'att_0000000000001', name: 'the [red] key.png', content_type: 'image/png', size: 3, inline: false, url: '' };
const written = (text: string): Text => {
  const t: Text = { area: undefined, text, put: (s) => (t.text = s) };
  return t;
};

describe('pictures in a text', () => {
  it('stand where they are put, with words that end nowhere too early', () => {
    expect(withPicture('see', 3, f).text).toBe(' ![the red key.png](att_0000000000001)');
    const t = written('see ');
    toggle(t, f);
    expect(t.text).toBe('see ![the red key.png](att_0000000000001)');
    expect(stands(t.text, f)).toBe(true);
    toggle(t, f);
    expect(t.text).toBe('see ');
  });
  it('are taken out wherever they stand, with a line of their own', () => {
    const t = written('a\n![x](att_0000000000001)\nb ![other](att_0000000000002) ![](att_0000000000001)!');
    takeOut(t, f);
    expect(t.text).toBe('a\nb ![other](att_0000000000002) !');
    expect(placeOf('x](att_0000000000001)', f)).toBeUndefined();
  });
  it('are what every mail program shows', () => {
    expect(mayStand(f)).toBe(true);
    expect(mayStand({ ...f, content_type: 'image/svg+xml' })).toBe(false);
    expect(mayStand({ ...f, size: 0 })).toBe(false);
  });
});
