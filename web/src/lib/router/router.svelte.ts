/** Where we are: the path in parts. Links are ordinary links; see follow. */
class Router {
  path = $state(location.pathname);
  parts = $derived(this.path.split('/').filter(Boolean).map(decodeURIComponent));

  constructor() {
    addEventListener('popstate', () => (this.path = location.pathname));
  }

  go(path: string, replace = false) {
    if (path === this.path) return;
    history[replace ? 'replaceState' : 'pushState'](null, '', path);
    this.path = path;
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
