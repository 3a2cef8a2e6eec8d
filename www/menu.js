// A menu that pops up at a place: arrow keys, Home and End, an entry's own key; Esc and a click elsewhere close it and
// give the focus back. It stays within the window. What it says and what follows is its caller's business.

/** @typedef {import('./actions.js').Action} Action */

/** @type {(() => void) | undefined} There is at most one menu. */
let closeOpen;

/** Closes the menu that is open, if one is. */
export const closeMenu = () => closeOpen?.();

/**
 * @param {HTMLElement} host where the menu's element is put
 * @param {{x: number, y: number}} at in the window's coordinates
 * @param {string} title
 * @param {readonly Action[]} actions
 * @param {(action: Action) => void} onChoose
 * @returns {() => void} closes it
 */
export function openMenu(host, at, title, actions, onChoose) {
  closeOpen?.();
  const before = document.activeElement;
  const menu = element('div', { class: 'thing-menu', role: 'menu', 'aria-label': title, tabindex: '0' });
  menu.append(element('div', { class: 'thing-menu-title', role: 'presentation' }, title));
  let pressed = false;
  menu.addEventListener('pointerdown', () => (pressed = true));
  const items = actions.map((action) => {
    if (action.apart) menu.append(element('div', { role: 'separator' }));
    const item = entry(action);
    item.addEventListener('click', (event) => {
      // The finger whose long press opened the menu may be lifted above an entry; that is no choice.
      if (pressed || event.detail === 0) choose(action);
    });
    // What is pointed at has the focus, so that one entry alone is marked; moved, since a menu that opens under a
    // resting pointer begins at its first entry.
    item.addEventListener('pointermove', () => {
      if (document.activeElement !== item) item.focus({ preventScroll: true });
    });
    menu.append(item);
    return item;
  });
  // A menu without entries says so instead of being a blank.
  if (items.length === 0) menu.append(entry({ label: 'Nothing can be done with it now', disabled: 'it has gone' }));

  const away = new AbortController();
  const close = (refocus = true) => {
    if (closeOpen !== close) return;
    closeOpen = undefined;
    away.abort();
    menu.remove();
    const back = before instanceof HTMLElement || before instanceof SVGElement ? before : undefined;
    if (refocus && back?.isConnected) back.focus({ preventScroll: true });
  };
  closeOpen = close;
  /** @param {Action} action */
  const choose = (action) => {
    if (action.disabled) return;
    close();
    onChoose(action);
  };

  menu.addEventListener('keydown', (event) => {
    // Keys that belong to an open menu are nobody else's.
    event.stopPropagation();
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const goal = destination(event.key, items, document.activeElement);
    const own = actions.find((action) => action.key?.toLowerCase() === event.key.toLowerCase());
    if (goal) goal.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (event.key === 'Enter' || event.key === ' ') {
      const chosen = actions[items.findIndex((item) => item === document.activeElement)];
      if (chosen) choose(chosen);
    } else if (own?.disabled) items[actions.indexOf(own)].focus();
    else if (own) choose(own);
    else return;
    event.preventDefault();
  });
  menu.addEventListener('contextmenu', (event) => event.preventDefault());
  const signal = away.signal;
  window.addEventListener(
    'pointerdown',
    (event) => {
      const { target } = event;
      // Time stands still while a menu is open; the button that lets it go on must find it so.
      const plays = target instanceof Element && target.closest('[data-command="play"]');
      if (target instanceof Node && !menu.contains(target) && !plays) close(false);
    },
    { signal, capture: true },
  );
  window.addEventListener('resize', () => close(), { signal });

  host.append(menu);
  const room = { x: window.innerWidth - menu.offsetWidth - 8, y: window.innerHeight - menu.offsetHeight - 8 };
  menu.style.left = `${Math.max(8, Math.min(at.x, room.x))}px`;
  menu.style.top = `${Math.max(8, Math.min(at.y, room.y))}px`;
  (items[0] ?? menu).focus({ preventScroll: true });
  return close;
}

/** @param {Action} action */
function entry(action) {
  const item = element('div', { role: 'menuitem', tabindex: '-1' });
  item.append(element('span', {}, action.label));
  if (action.hint) {
    item.setAttribute('title', [action.hint, action.section].filter(Boolean).join(' – '));
    item.setAttribute('aria-description', action.hint);
  }
  if (action.section) item.append(element('cite', {}, action.section));
  if (action.key) {
    item.setAttribute('aria-keyshortcuts', action.key);
    item.append(element('kbd', { 'aria-hidden': 'true' }, action.key));
  }
  if (action.disabled) {
    item.setAttribute('aria-disabled', 'true');
    item.append(element('span', { class: 'reason' }, `not now: ${action.disabled}`));
  }
  return item;
}

/**
 * @param {string} key @param {HTMLElement[]} items @param {Element | null} active @returns {HTMLElement | undefined}
 */
function destination(key, items, active) {
  const i = items.findIndex((item) => item === active);
  switch (key) {
    case 'ArrowDown':
      return items[(i + 1) % items.length];
    case 'ArrowUp':
      return items[(Math.max(i, 0) + items.length - 1) % items.length];
    case 'Home':
    case 'PageUp':
      return items[0];
    case 'End':
    case 'PageDown':
      return items[items.length - 1];
    default:
      return undefined;
  }
}

/** @param {string} tag @param {Record<string, string>} attributes @param {string} [text] */
function element(tag, attributes, text) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}
