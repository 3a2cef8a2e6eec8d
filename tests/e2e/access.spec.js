// Who can use the page: accessibility rules in each look, reduced motion, narrow screens, and the page inside of others.
import { expect, expectAccessible, test } from './fixtures.js';
import { frames, inRing, leader, openPage, pause, playButton, running, seen } from './page.js';

test('no violations in light, with any panel open, in the help and in a menu', async ({ page }) => {
  await openPage(page, '?speed=1&theme=light');
  await leader(page);
  await pause(page);
  await expectAccessible(page);
  for (const tab of ['Clients', 'Stores', 'Network', 'Rules', 'Checks', 'Legend']) {
    await page.getByRole('tab', { name: tab }).click();
    await expectAccessible(page, { include: '.tabs' });
  }
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('1');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeVisible();
  await expectAccessible(page);
});

for (const [look, query, viewport] of /** @type {const} */ ([
  ['dark', '?speed=1&theme=dark', { width: 1280, height: 720 }],
  ['narrow', '?speed=1', { width: 360, height: 740 }],
])) {
  test(`no violations when it is ${look}, with a node selected, one down and something wrong said`, async ({
    page,
  }) => {
    await page.setViewportSize(viewport);
    await openPage(page, query);
    await leader(page);
    await pause(page);
    await page.getByRole('tab', { name: 'Clients' }).click();
    await page.keyboard.press('2');
    await page.keyboard.press('x');
    await page.keyboard.press('9');
    await expect(page.locator('.said')).toContainText('no node 9');
    await expectAccessible(page);
  });
}

test('nothing is wider than a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await openPage(page, '?speed=1');
  await leader(page);
  for (const tab of ['Events', 'Clients', 'Stores', 'Network', 'Rules', 'Checks', 'Legend']) {
    await page.getByRole('tab', { name: tab }).click();
    const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    expect(inner, tab).toBeLessThanOrEqual(outer);
  }
});

for (const width of [1280, 1024, 360]) {
  test(`at ${width} pixels the tabs stand in one line, and each can be reached by key and by the menu`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height: 740 });
    await openPage(page);
    const tabs = page.getByRole('tab');
    const labels = await tabs.allInnerTexts();
    const tops = await tabs.evaluateAll((all) => all.map((tab) => tab.getBoundingClientRect().top));
    expect(new Set(tops).size).toBe(1);
    const inSight = (/** @type {string} */ name) =>
      page.getByRole('tab', { name, exact: true }).evaluate((tab) => {
        const [own, row] = [tab, /** @type {Element} */ (tab.parentElement)].map((each) =>
          each.getBoundingClientRect(),
        );
        return own.left >= row.left - 1 && own.right <= row.right + 1;
      });

    // Around once: each tab is chosen, has the focus, and is whole.
    await tabs.first().focus();
    for (const label of [...labels.slice(1), labels[0]]) {
      await page.keyboard.press('ArrowRight');
      await expect(page.getByRole('tab', { selected: true })).toHaveText(label);
      await expect(page.getByRole('tab', { selected: true })).toBeFocused();
      expect(await inSight(label), label).toBe(true);
    }
    await page.keyboard.press('ArrowLeft');
    await expect(page.getByRole('tab', { selected: true })).toHaveText(labels.at(-1) ?? '');
    await page.keyboard.press('Home');
    await expect(page.getByRole('tab', { selected: true })).toHaveText(labels[0]);

    // The menu has them all, and gives the focus to the one that is chosen there.
    await page.keyboard.press('Tab');
    await expect(page.getByRole('button', { name: 'All panels' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem')).toHaveText(labels);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('tab', { selected: true })).toHaveText(labels.at(-1) ?? '');
    await expect(page.getByRole('tab', { selected: true })).toBeFocused();
    expect(await inSight(labels.at(-1) ?? '')).toBe(true);
  });
}

test('at 1280 by 720 everything is on one screen', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await openPage(page);
  await page.keyboard.press('1');
  for (const part of [
    '.header',
    '.ring-host',
    '.caption',
    '.controls',
    '.log',
    '.inspector .actions',
    '.tabs .panel',
  ]) {
    const box = await page.locator(part).first().boundingBox();
    expect(box, part).not.toBeNull();
    expect((box?.y ?? 999) + (box?.height ?? 999), part).toBeLessThanOrEqual(720.5);
  }
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(720);
});

test('buttons stay where they are while the cluster runs', async ({ page }) => {
  await openPage(page, '?speed=1&traffic=on');
  const places = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('.header button, .controls button, [role=tab]')].map((button) => {
        const { x, y, width } = button.getBoundingClientRect();
        return [x, y, width].join(' ');
      }),
    );
  const before = await places();
  await leader(page);
  await expect
    .poll(() => page.evaluate(() => /** @type {any} */ (window).raftPlayground.session.view.last_slot))
    .toBeGreaterThan(12);
  expect(await places()).toEqual(before);
});

test('every control can be reached with Tab, and says what it is', async ({ page }) => {
  await openPage(page);
  await pause(page);
  await page.evaluate(() => {
    /** @param {Element} element */
    const nameOf = (element) => {
      const labels = /** @type {HTMLInputElement} */ (element).labels;
      return (element.getAttribute('aria-label') || labels?.[0]?.textContent || element.textContent || '').trim();
    };
    Object.assign(window, { nameOf });
  });
  const all = await page
    .locator('button:visible:not([disabled]):not([role=tab]), input:visible:not([disabled]), select:visible')
    .evaluateAll((elements) => elements.map(/** @type {any} */ (window).nameOf));
  expect(all.length).toBeGreaterThan(20);
  expect(all, 'a control without a name').not.toContain('');
  /** @type {Set<string>} */
  const met = new Set();
  for (let i = 0; i < all.length + 30; i += 1) {
    await page.keyboard.press('Tab');
    met.add(
      await page.evaluate(() => {
        const element = document.activeElement;
        const control = element?.matches('button:not([role=tab]), input, select');
        return control ? /** @type {any} */ (window).nameOf(element) : 'no control';
      }),
    );
    // A node that has the focus is selected, and hides what is said while nothing is.
    await page.keyboard.press('Escape');
  }
  expect(met, 'a control without a name').not.toContain('');
  expect(all.filter((name) => !met.has(name))).toEqual([]);
});

test('with reduced motion nothing moves by itself between two events', async ({ page }) => {
  // Not every driver can set this preference, so the page is told directly.
  await page.addInitScript(() => {
    const real = window.matchMedia.bind(window);
    window.matchMedia = (query) => (query.includes('reduced-motion') ? real('all') : real(query));
  });
  await openPage(page);
  await leader(page);
  /** How many different places each message is seen at. */
  const most = await page.evaluate(
    () =>
      new Promise((done) => {
        /** @type {Map<string, Set<string>>} */
        const places = new Map();
        let frames = 0;
        const look = () => {
          for (const group of document.querySelectorAll('.ring .message')) {
            const key = group.getAttribute('data-key') ?? '';
            places.set(key, (places.get(key) ?? new Set()).add(group.getAttribute('transform') ?? ''));
          }
          if ((frames += 1) < 90) requestAnimationFrame(look);
          else done(Math.max(0, ...[...places.values()].map((set) => set.size)));
        };
        look();
      }),
  );
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(4);
});

test('the theme button changes the theme and it is remembered', async ({ page }) => {
  await openPage(page);
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await paper();
  await page.getByRole('button', { name: 'Dark' }).click();
  expect(await paper()).not.toBe(before);
  const after = await paper();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-ready', 'true');
  expect(await paper()).toBe(after);
});

test('the hint can be dismissed and stays away', async ({ page }) => {
  await openPage(page);
  await expect(page.getByText('Three things to try')).toBeVisible();
  await page.getByRole('button', { name: 'Do not show this again' }).click();
  await expect(page.getByText('Three things to try')).toBeHidden();
  await openPage(page);
  await expect(page.getByText('Three things to try')).toBeHidden();
});

test('in an iframe: ring, caption and controls alone', async ({ page }) => {
  await openPage(page, '?panels=none&nodes=3');
  await expect(inRing(page, /^n3/)).toBeVisible();
  for (const part of ['.header', '.log', '.inspector', '.tabs']) await expect(page.locator(part)).toBeHidden();
  await expect(playButton(page, 'Pause')).toBeVisible();
});

test('as an element in somebody’s page', async ({ page, baseURL }) => {
  await page.route('**/embedding.html', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><html lang="en"><meta charset="utf-8" /><title>Somebody’s page</title><main><h1>Notes</h1>
        <raft-playground nodes="3" seed="7" speed="1" panels="clients"></raft-playground>
        <raft-playground seed="8"></raft-playground></main>
        <script type="module" src="${baseURL}raft-playground.js"></script>`,
    }),
  );
  await page.goto('/embedding.html');
  const [first, second] = [page.locator('raft-playground').first(), page.locator('raft-playground').last()];
  await expect(first.getByRole('button', { name: /^n3/ })).toBeVisible();
  await expect(second.getByRole('button', { name: /^n5/ })).toBeVisible();
  await first.getByRole('button', { name: 'Send' }).click();
  await expect(first.getByRole('row', { name: /^c1/ })).toContainText('→ OK');
  await expectAccessible(page);
  await first.evaluate((element) => element.setAttribute('nodes', '5'));
  await expect(first.getByRole('button', { name: /^n5/ })).toBeVisible();
  /** @type {unknown} */
  const told = await first.evaluate(
    (element) =>
      new Promise((done) =>
        element.addEventListener('told', (event) => done(/** @type {any} */ (event).detail.text), { once: true }),
      ),
  );
  expect(typeof told).toBe('string');
  await first.evaluate((element) => element.remove());
  await expect(second.getByRole('button', { name: /^n5/ })).toBeVisible();
});

test('in a menu one entry alone is marked: the one that is pointed at, or went to last', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('2');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Pause' }).hover();
  await expect(page.getByRole('menuitem', { name: 'Pause' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'Isolate' })).toBeFocused();
  const marked = () =>
    page.evaluate(() => {
      const items = [...document.querySelectorAll('[role=menuitem]')];
      return items.filter((item) => getComputedStyle(item).backgroundColor !== 'rgba(0, 0, 0, 0)').length;
    });
  expect(await marked()).toBe(1);
});

test('the keys of a thing’s menu work while it is selected, and say why not', async ({ page }) => {
  await openPage(page);
  await pause(page);
  const first = async () => (await seen(page, 'nodes'))[0];
  await page.keyboard.press('1');
  await page.keyboard.press('z');
  expect((await first()).paused).toBe(true);
  await page.keyboard.press('z');
  await page.keyboard.press('p');
  expect((await first()).isolated).toBe(true);
  await page.keyboard.press('x');
  await page.keyboard.press('t');
  await expect(page.locator('.said')).toContainText('Time out: not now, n1 is crashed.');
});

test('a link is cut one way without a mouse', async ({ page }) => {
  await openPage(page);
  await pause(page);
  await page.keyboard.press('1');
  // Down the arrows lead through messages and clients to the links; End is the last of all.
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: /^Cut from n\d to n\d$/ }).first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await seen(page, 'links')).length).toBe(1);
  expect((await seen(page, 'links'))[0].cut).toBe(true);
});

test('play says what time does after a menu that stops it has closed', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('1');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeVisible();
  await expect(playButton(page, 'Play')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
  await expect(playButton(page, 'Pause')).toBeVisible();
});

test('arrow keys choose a protocol, and it starts with Enter', async ({ page }) => {
  await openPage(page);
  const runs = () => page.evaluate(() => /** @type {any} */ (window).raftPlayground.session.runs);
  const before = await runs();
  const select = page.getByLabel('Protocol');
  await select.focus();
  await page.keyboard.press('ArrowDown');
  await frames(page, 3);
  expect(await runs()).toBe(before);
  await page.keyboard.press('Enter');
  await expect.poll(runs).toBe(before + 1);
  expect(await running(page)).not.toBe('raft');
});

test('an element refuses a wrong attribute and goes on', async ({ page, baseURL }) => {
  await page.route('**/embedding.html', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><html lang="en"><meta charset="utf-8" /><title>Notes</title>
        <raft-playground nodes="3"></raft-playground>
        <script type="module" src="${baseURL}raft-playground.js"></script>`,
    }),
  );
  await page.goto('/embedding.html');
  const element = page.locator('raft-playground');
  await expect(element.getByRole('button', { name: /^n3/ })).toBeVisible();
  const refused = await element.evaluate(
    (host) =>
      new Promise((done) => {
        host.addEventListener('refused', (event) => done(/** @type {any} */ (event).detail), { once: true });
        host.setAttribute('nodes', 'many');
      }),
  );
  expect(refused).toContain('many');
  await expect(element.getByRole('button', { name: /^n3/ })).toBeVisible();
  await element.evaluate((host) => host.setAttribute('nodes', '4'));
  await expect(element.getByRole('button', { name: /^n4/ })).toBeVisible();
  await element.evaluate((host) => {
    host.removeAttribute('nodes');
    host.setAttribute('protocol', 'multi_paxos');
  });
  await expect(element.getByRole('button', { name: /^acceptor 1/ })).toBeVisible();
});
