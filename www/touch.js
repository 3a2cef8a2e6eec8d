// A long press with a finger, which asks for a thing's menu as a right click does.
//
// Some systems send `contextmenu` for it, some do not; here it is always our own clock. The click that follows when the
// finger is lifted is not a click.

/** How long a finger rests, in milliseconds, and how far it may stray, in pixels. */
const LONG = 500;
const STRAY = 10;

/**
 * @param {HTMLElement} element
 * @param {(target: EventTarget | null, at: {x: number, y: number}) => void} onLong
 * @returns {{wasLong(): boolean}} `wasLong`: whether the click that comes now ends a long press
 */
export function pressesOf(element, onLong) {
  let timer = 0;
  let long = false;
  let start = { x: 0, y: 0 };
  const stop = () => clearTimeout(timer);
  element.addEventListener('pointerdown', (event) => {
    stop();
    long = false;
    if (event.pointerType === 'mouse') return;
    start = { x: event.clientX, y: event.clientY };
    timer = window.setTimeout(() => {
      long = true;
      onLong(event.target, start);
    }, LONG);
  });
  element.addEventListener('pointermove', (event) => {
    if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > STRAY) stop();
  });
  for (const end of ['pointerup', 'pointercancel', 'pointerleave']) element.addEventListener(end, stop);
  // The system's own long press must not open a second menu.
  element.addEventListener(
    'contextmenu',
    (event) => {
      stop();
      if (!long) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
  return {
    wasLong() {
      const was = long;
      long = false;
      return was;
    },
  };
}
