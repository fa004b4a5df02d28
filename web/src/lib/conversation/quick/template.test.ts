import { expect, test } from 'vitest';
import { asTemplate } from './template';

test("the customer's name becomes a variable where it stands word for word (F2-70)", () => {
  const cases: [text: string, customer: string, want: string][] = [
    ['Hi Kim, hold the key.', 'Kim Berg', 'Hi {{contact.first_name}}, hold the key.'],
    ['Dear Kim Berg,\nKim’s pump', 'Kim Berg', 'Dear {{contact.name}},\n{{contact.first_name}}’s pump'],
    ['Kimberly and kim stay', 'Kim Berg', 'Kimberly and kim stay'],
    ['**Kim**, see {{Kim}} and {{contact.name|Kim}}', 'Kim', '**{{contact.first_name}}**, see {{Kim}} and {{contact.name|Kim}}'],
    ['Hi Åsa! Åsakisen', 'Åsa Öberg', 'Hi {{contact.first_name}}! Åsakisen'],
    ['J. is A', 'A', 'J. is A'],
    ['to a@example.com', 'a@example.com', 'to a@example.com'],
    ['Hi (x)+, $& stays', '(x)+', 'Hi {{contact.first_name}}, $& stays'],
    ['nobody', '', 'nobody'],
  ];
  for (const [text, customer, want] of cases) expect(asTemplate(text, customer), text).toBe(want);
});
