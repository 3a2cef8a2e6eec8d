// What the focused element does with keys itself, read from the DOM for keys.js, which is pure.

/** @typedef {import('./keys.js').Place} Place */

const NOT_TEXT = new Set(['checkbox', 'radio', 'range', 'button', 'submit', 'reset', 'color', 'file', 'image']);

/** @param {EventTarget | null} target @returns {Place} */
export function placeOf(target) {
  const element = target instanceof Element ? target : document.body;
  const field = element.closest('input, textarea, select, [contenteditable]');
  const typing = field !== null && !(field instanceof HTMLInputElement && NOT_TEXT.has(field.type));
  return {
    typing,
    arrows: typing || element.closest('input, [role="tab"], [role="slider"], .ring, .scroll') !== null,
    presses: typing || element.closest('button, summary, a, input:not([type="range"]), [role="tab"]') !== null,
    modal: element.closest('[role="menu"], dialog[open]') !== null || document.querySelector('dialog[open]') !== null,
  };
}
