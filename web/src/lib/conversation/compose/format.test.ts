import { describe, expect, it } from 'vitest';
import { format, type Format } from './format';

/** Formats what stands between | and |, and shows the selection the same way. */
function done(text: string, how: Format): string {
  const from = text.indexOf('|');
  const to = text.lastIndexOf('|') - (from === text.lastIndexOf('|') ? 0 : 1);
  const bare = text.replaceAll('|', '');
  const c = format(bare, from, to, how);
  const out = bare.slice(0, c.from) + c.text + bare.slice(c.to);
  return `${out.slice(0, c.start)}|${out.slice(c.start, c.end)}|${out.slice(c.end)}`;
}

describe('formatting', () => {
  it('puts marks around what is selected, and takes them off again', () => {
    expect(done('a |new| pack', 'bold')).toBe('a **|new|** pack');
    expect(done('a **|new|** pack', 'bold')).toBe('a |new| pack');
    expect(done('a |**new**| pack', 'bold')).toBe('a |new| pack');
    expect(done('a |new| pack', 'italic')).toBe('a _|new|_ pack');
    expect(done('run |ls| now', 'code')).toBe('run `|ls|` now');
  });
  it('leaves spaces outside of marks, and writes between them where nothing is selected', () => {
    expect(done('a| new |pack', 'bold')).toBe('a **|new|** pack');
    expect(done('a ||', 'bold')).toBe('a **||**');
  });
  it('makes links of words and of addresses', () => {
    expect(done('see |the guide|', 'link')).toBe('see [the guide](|https://|)');
    expect(done('see |https://example.com/a|', 'link')).toBe('see [||](https://example.com/a)');
    expect(done('see ||', 'link')).toBe('see [||](https://)');
  });
  it('begins whole lines, changes one list into another, and ends it', () => {
    expect(done('one\nt|wo\nth|ree', 'bullets')).toBe('one\n|- two\n- three|');
    expect(done('|- two\n- three|', 'numbers')).toBe('|1. two\n2. three|');
    expect(done('|1. two\n2. three|', 'numbers')).toBe('|two\nthree|');
    expect(done('|two|', 'quote')).toBe('|> two|');
    expect(done('|> two|', 'quote')).toBe('|two|');
  });
});
