// @vitest-environment node
import { describe, expect, it, vi } from 'vitest';

vi.stubGlobal('location', { pathname: '/lindqvist/mine', origin: 'https://desk.example', hash: '' });
vi.stubGlobal('addEventListener', () => undefined);
const { linkedMessage, linkTo, ownLinks } = await import('./links');

const a = 'cnv_0akrpvkmm0002';
const b = 'cnv_0akrpvkmm0003';
const m = 'msg_0akrpvkmm0004';

describe('links to our own conversations', () => {
  it('are found in text, each once, with the message they mean', () => {
    const text = `See https://desk.example/lindqvist/all/${a}#${m}, (https://desk.example/lindqvist/mine/closed/${b}) and https://desk.example/lindqvist/all/${a}.`;
    expect(ownLinks(text)).toEqual([{ conversation: a, message: m }, { conversation: b }]);
  });
  it('are none of another place, nor what only looks like one', () => {
    expect(ownLinks(`https://other.example/lindqvist/all/${a}`)).toEqual([]);
    expect(ownLinks(`https://deskXexample/lindqvist/all/${a}`)).toEqual([]);
    expect(ownLinks('https://desk.example/lindqvist/all/cnv_short')).toEqual([]);
    expect(ownLinks(`${a} and https://desk.example/lindqvist/settings`)).toEqual([]);
  });
  it('are made so that they are found again', () => {
    expect(linkTo(a, m)).toBe(`/lindqvist/all/${a}#${m}`);
    expect(ownLinks(`https://desk.example${linkTo(a, m)}`)).toEqual([{ conversation: a, message: m }]);
    expect(linkedMessage(`#${m}`)).toBe(m);
    expect(linkedMessage('#top')).toBeUndefined();
  });
});
