import { painted } from './painted';

/** Where we are: the path in parts. Links are ordinary links; see follow. */
class Router {
  path = $state(location.pathname);
  parts = $derived(this.path.split('/').filter(Boolean).map(decodeURIComponent));
  /** How the browser's history is told of path, while it has not been. */
  private untold: 'pushState' | 'replaceState' | undefined;

  constructor() {
    addEventListener('popstate', () => {
      this.untold = undefined;
      this.path = location.pathname;
    });
    addEventListener('pagehide', () => this.tell());
  }

  /** What follows the # in the address, if the address is that of path yet. */
  get hash(): string {
    return this.untold ? '' : location.hash;
  }

  /** Goes to path at once. The history is told when the page is painted: that costs as much as drawing a conversation. */
  go(path: string, replace = false) {
    if (path === this.path) return;
    const waits = this.untold !== undefined;
    if (this.untold !== 'pushState') this.untold = replace ? 'replaceState' : 'pushState';
    this.path = path;
    if (!waits) void painted().then(() => this.tell());
  }

  private tell() {
    if (this.untold) history[this.untold](null, '', this.path);
    this.untold = undefined;
  }
}

export const router = new Router();

/** follow makes clicks on our own links change the path without a reload. */
export function follow(e: MouseEvent) {
  if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey) return;
  const a = (e.target as Element).closest('a');
  if (!a || a.target || a.origin !== location.origin || a.hasAttribute('download') || /^\/(api|try|w)(\/|$)/.test(a.pathname)) return;
  e.preventDefault();
  router.go(a.pathname);
}
