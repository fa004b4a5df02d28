/**
 * Measures how fast keys answer on a program that runs and is full:
 *
 *   node bench/keys.mjs '{"base":"http://…","slug":"…","email":"…","password":"…"}' [throttle=4]
 *
 * It prints one JSON object: for every key the milliseconds from pressing it
 * until what it does is painted, with a processor that is throttle times slower.
 * Of keys that open a conversation that is the first frame, in which the list shows
 * it; drawn says when the conversation itself is painted. floor is what a key takes
 * on a page with one line of text, which it changes: the browser and the machine alone.
 */
import { launch, signedIn, summary } from './figures.mjs';

const parley = JSON.parse(process.argv[2] ?? '{}');
const throttle = Number(process.argv[3] ?? 4);
const browser = await launch();

/** In the page: times from the next key until done says that it is on the screen, and has been painted. */
function timer() {
  const shown = () => document.querySelector('[role=listbox][aria-activedescendant]')?.getAttribute('aria-activedescendant') ?? '';
  const opened = (was) => {
    const row = shown() !== was.row && document.getElementById(shown());
    return !!row && document.querySelector('h1')?.textContent === row.querySelector('.l2 .trunc')?.textContent && !!document.querySelector('.tl .bub');
  };
  const asks = () => !!document.querySelector('.layer :focus');
  window.done = {
    marks: (was) => shown() !== was.row && !!document.getElementById(shown()),
    opened,
    asks,
    gone: (was) => !document.getElementById(was.row) && shown() !== was.row,
    next: (was) => !document.getElementById(was.row) && opened(was),
    back: (was) => was.gone !== '' && !!document.getElementById(was.gone),
    picks: () => !!document.querySelector('.picker'),
    reads: () => document.activeElement?.matches('.thread .scroll') ?? false,
    writes: () => document.activeElement?.matches('[data-composer]') ?? false,
    dark: (was) => document.documentElement.dataset.theme !== was.theme,
    taken: () => !!document.querySelector('.tl .bub') && !document.querySelector('.thead .ai'),
    changed: (was) => document.title !== was.title,
    splits: () => document.querySelectorAll('.thread input[type=checkbox]').length > 0,
  };
  let gone = '';
  addEventListener(
    'keydown',
    (e) => {
      const done = window.done[window.wanted];
      if (!done || e.key === 'Control' || e.key === 'Shift') return;
      const was = { row: shown(), theme: document.documentElement.dataset.theme, title: document.title, gone };
      if (window.wanted === 'gone' || window.wanted === 'next') gone = was.row;
      window.wanted = '';
      const from = e.timeStamp;
      const look = () => {
        if (!done(was)) return performance.now() - from < 3000 ? requestAnimationFrame(look) : window.tell(3000);
        const c = new MessageChannel();
        c.port1.onmessage = () => window.tell(performance.now() - from);
        c.port2.postMessage(0);
      };
      requestAnimationFrame(look);
    },
    true,
  );
}

/**
 * Presses a key and answers how long what it does took to be seen. It is held as
 * long as people do, and the page is asked only then: a question while it works
 * would be work of its own, four times slower as well.
 */
async function time(p, key, wanted) {
  await p.evaluate((w) => {
    window.wanted = w;
    window.took = new Promise((tell) => (window.tell = tell));
  }, wanted);
  await p.keyboard.press(key, { delay: 90 });
  return p.evaluate(() => window.took);
}
/** People look at what they have opened; what is fetched ahead comes meanwhile. */
const look = (p, ms = 250) => p.waitForTimeout(ms);

async function series(p, key, wanted, n, after) {
  const times = [];
  for (let i = 0; i < n; i++) {
    times.push(await time(p, key, wanted));
    await look(p);
    await after?.(i);
  }
  return summary(times);
}

try {
  const p = await signedIn(browser, parley, { throttle, scripts: [timer] });
  await p.goto(`/${parley.slug}/all/closed`);
  const row = p.getByRole('option').first();
  await row.waitFor();
  // As far as somebody scrolls in a morning.
  const list = p.getByRole('listbox');
  for (let i = 0; i < 40; i++) {
    await list.evaluate((b) => (b.scrollTop = b.scrollHeight));
    await look(p, 150);
  }
  const loaded = Number(await list.evaluate((b) => Math.round(b.scrollHeight / 72)));
  await list.evaluate((b) => (b.scrollTop = 1440));
  await p.locator('[aria-posinset="22"]').click();
  await p.locator('.tl .bub').first().waitFor();
  await look(p, 2000);
  const keys = {};
  const drawn = {};
  await series(p, 'j', 'opened', 3);
  keys.j = await series(p, 'j', 'marks', 60);
  keys.k = await series(p, 'k', 'marks', 60);
  drawn.j = await series(p, 'j', 'opened', 60);
  drawn.k = await series(p, 'k', 'opened', 60);
  const inList = () => list.focus();
  const leave = async () => {
    await p.keyboard.press('Escape');
    await p.waitForFunction(() => !document.querySelector('.layer'));
    await inList();
  };
  await inList();
  keys.o = await series(p, 'o', 'reads', 20, inList);
  keys['#'] = await series(p, 'Shift+#', 'picks', 20, leave);
  keys.s = await series(p, 's', 'splits', 20, async () => {
    await p.keyboard.press('Escape');
    await p.waitForFunction(() => document.querySelectorAll('.thread input[type=checkbox]').length === 0);
    await inList();
  });
  keys['/'] = await series(p, '/', 'asks', 20, leave);
  keys['Ctrl K'] = await series(p, 'Control+k', 'asks', 20, leave);
  keys['?'] = await series(p, '?', 'asks', 20, leave);

  // What is open is worked on: resolved and taken back, given away, answered.
  await p.goto(`/${parley.slug}/all/open`);
  await row.waitFor();
  await p.keyboard.press('j');
  await p.locator('.tl .bub').first().waitFor();
  await look(p, 2000);
  keys.a = await series(p, 'a', 'asks', 20, leave);
  keys.h = await series(p, 'h', 'asks', 20, leave);
  keys.r = await series(p, 'r', 'writes', 20, inList);
  const t = [];
  for (let i = 0; i < 20; i++) {
    await p.locator('.thead .ai').waitFor();
    await inList();
    t.push(await time(p, 't', 'taken'));
    await look(p);
    await inList();
    await time(p, 'j', 'opened');
    await look(p);
  }
  keys.t = summary(t);
  const [e, next, z] = [[], [], []];
  for (let i = 0; i < 40; i++) {
    if (i % 2 === 0) e.push(await time(p, 'e', 'gone'));
    else next.push(await time(p, 'e', 'next'));
    await look(p, 400);
    z.push(await time(p, 'z', 'back'));
    await look(p, 400);
  }
  keys.e = summary(e);
  drawn.e = summary(next);
  keys.z = summary(z);
  await p.goto('/healthz');
  await p.evaluate(() => {
    document.body.textContent = '0';
    addEventListener('keydown', () => (document.title = document.body.textContent = String(Number(document.body.textContent) + 1)));
  });
  await look(p, 1000);
  const floor = await series(p, 'j', 'changed', 60);
  console.log(JSON.stringify({ throttle, loaded, keys, drawn, floor }));
} finally {
  await browser.close();
}
