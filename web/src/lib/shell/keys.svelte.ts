export type Action = { id: string; label: string; keys: string[]; group: string; when?: () => boolean; run: () => void };

/**
 * Everything that can be done from the keyboard, as data: buttons, palette and
 * help are made of the same list. Single keys are text where text is written.
 */
class Keys {
  actions = $state.raw<Action[]>([]);
  overlay = $state<'' | 'palette' | 'help'>('');
  private before = '';
  private timer = 0;

  /** use adds actions while a component is on the screen. */
  use(list: Action[]) {
    this.actions = [...this.actions.filter((a) => !list.some((b) => b.id === a.id)), ...list];
    return () => (this.actions = this.actions.filter((a) => !list.includes(a)));
  }

  press(e: KeyboardEvent) {
    if (e.defaultPrevented || e.isComposing) return;
    const mod = e.metaKey || e.ctrlKey;
    const text = e.target instanceof HTMLElement && e.target.closest('input,textarea,select,[contenteditable]');
    if (this.overlay || document.querySelector('[role=dialog]')) return;
    const name = (mod ? 'mod+' : '') + (e.shiftKey && e.key.length > 1 ? 'shift+' : '') + (e.key.length === 1 && mod ? e.key.toLowerCase() : e.key);
    if (text && !mod && name !== 'Escape') return;
    const sequence = this.before + name;
    this.before = '';
    clearTimeout(this.timer);
    const ready = this.actions.filter((a) => !a.when || a.when());
    const hit = ready.find((a) => a.keys.includes(sequence)) ?? ready.find((a) => a.keys.includes(name));
    if (hit) {
      e.preventDefault();
      hit.run();
      return;
    }
    if (ready.some((a) => a.keys.some((k) => k.startsWith(name + ' ')))) {
      this.before = name + ' ';
      this.timer = window.setTimeout(() => (this.before = ''), 1200);
    }
  }
}

export const keys = new Keys();

const names: Record<string, string> = {
  'mod+': /Mac|iP/.test(navigator.platform) ? '⌘' : 'Ctrl ',
  'shift+': '⇧',
  Enter: '↵',
  Escape: 'Esc',
  ArrowDown: '↓',
  ArrowUp: '↑',
};

/** shown is a key as people read it. */
export const shown = (k: string) =>
  Object.entries(names)
    .reduce((s, [from, to]) => s.replace(from, to), k)
    .replace(/\b([a-z])\b/g, (c) => c.toUpperCase());
