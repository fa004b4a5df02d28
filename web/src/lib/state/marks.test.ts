import { expect, test } from 'vitest';
import { previewLine, withoutMarks } from './marks';

// F3-03, F2-34: what is on its way looks as it will, but for its letters.
test.each([
  ['**Now** or *later*, not ~~never~~', 'Now or later, not never'],
  ['See [the guide](https://example.org/a_b_c)', 'See the guide'],
  ['See ![the key](att_0000000000001) here', 'See the key here'],
  ['# Steps\n\n- one\n- two', 'Steps one two'],
  ['> you wrote\n\nYes', 'you wrote Yes'],
  ['Run `parley doctor` __today__ or _soon_', 'Run parley doctor today or soon'],
  ['2*3*4 and snake_case_name and 5 * 6 * 7', '2*3*4 and snake_case_name and 5 * 6 * 7'],
  ['a [box] (empty)', 'a [box] (empty)'],
])('%j', (text, line) => expect(previewLine(text)).toBe(line));

test('a message keeps its lines', () => expect(withoutMarks('- **one**\n- two')).toBe('- one\n- two'));
