import { describe, expect, it } from 'vitest';
import { escalationSaid, mine, modeOf, openSaid, promiseSaid, tagsSaid, whose, type Layer } from './layer';

const names = { tag: (id: string) => id.toUpperCase(), team: (id: string) => `Team ${id}` };
const layer = (over: Partial<Layer>): Layer => ({
  own: 'inbox',
  name: 'x',
  settings: {},
  inherited: {},
  origins: {},
  below: {},
  save: () => undefined,
  ...over,
});

describe('a layer of promises', () => {
  it('says whose a setting is, and what it would be else', () => {
    expect(whose(layer({ origins: { sla_mode: 'inbox' } }), 'Gold', 'sla_mode')).toBe("This inbox's own. Inherited would be: Gold.");
    expect(whose(layer({ below: { sla_mode: 'workspace' } }), 'Gold', 'sla_mode')).toBe('Inherited from the workspace.');
    expect(whose(layer({}), 'Gold', 'sla_mode')).toBe("Parley's standard.");
    expect(whose(layer({ own: 'workspace', origins: { sla_mode: 'workspace' } }), 'Standard', 'sla_mode')).toBe(
      "This workspace's own. Parley's standard is: Standard.",
    );
    expect(mine(layer({ origins: { sla_target: 'inbox' } }), 'sla_mode', 'sla_target')).toBe(true);
  });
  it('says what is promised', () => {
    const policies = [{ id: '', name: 'Standard' }] as never;
    expect(promiseSaid({}, policies)).toBe('Standard');
    expect(promiseSaid({ sla_target: 7200, sla_deadline: 86_400 }, policies)).toBe('Target 2 hours, Deadline 1 day');
    expect(promiseSaid({ sla_mode: 'off' }, policies)).toBe('None');
    expect(modeOf({ sla_mode: 'policy', sla_target: 60 })).toBe('policy');
  });
  it('says when an inbox is open', () => {
    const hours = [{ id: 'h', name: 'Workshop' }] as never;
    expect(openSaid({}, hours)).toBe('Always');
    expect(openSaid({ business_hours_id: 'h' }, hours)).toBe('Workshop');
    expect(openSaid({ business_hours_id: 'h', sla_clock: 'calendar' }, hours)).toBe('Workshop, Around the clock');
  });
  it('says when somebody is asked for help, and what then', () => {
    expect(escalationSaid({}, names)).toBe('deadline missed, the customer wrote again 2 times; raises the priority');
    expect(escalationSaid({ sla_mode: 'off' }, names)).toBe('Never by itself');
    expect(escalationSaid({ sla_mode: 'off', csat: 'on_resolve' }, names)).toBe('a rating of 2 or less; raises the priority');
    expect(escalationSaid({ sla_mode: 'off', csat: 'on_close', escalation: { not_on_low_rating: true } }, names)).toBe('Never by itself');
    expect(
      escalationSaid(
        {
          escalation: {
            not_on_deadline: true,
            follow_ups: 1,
            keywords: ['refund'],
            tag_ids: ['vip'],
            on_urgent: true,
            add_tag_id: 'hot',
            transfer_team_id: '2',
          },
        },
        names,
      ),
    ).toBe('the customer wrote again once, “refund”, tag VIP, becomes urgent; raises the priority; adds HOT; goes to Team 2');
  });
  it('says which tags raise the priority', () => {
    expect(tagsSaid(undefined)).toBe('vip: urgent');
    expect(tagsSaid([])).toBe('None');
  });
});
