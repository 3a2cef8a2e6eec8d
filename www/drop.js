// Files and texts that are dropped anywhere on a page.
//
// What is dragged out of the page itself is left alone, and so is a text that is dragged into a field; everything else
// is a scenario until it turns out not to be. It knows no desk: what was dropped is handed on as a text, or as the
// sentence that says why there is none. While something is dragged over the page an overlay says what a drop would do.

import { textDropped } from './files.js';

/** Some browsers do not tell that a drag has ended elsewhere; then nothing is heard of it for this long, in ms. */
const GONE = 1000;

/**
 * @param {HTMLElement} target over which a file may be dropped, where it is the body then anywhere on the page; the
 *   overlay is put into it
 * @param {(text: string) => void} onText what was dropped, as a text that may be a scenario
 * @param {(sentence: string) => void} onWrong why nothing came of it
 * @returns {() => void} ends it
 */
export function listenToDrops(target, onText, onWrong) {
  const away = new AbortController();
  const overlay = target.ownerDocument.createElement('p');
  overlay.className = 'drop-here';
  overlay.textContent = 'Drop a scenario file to open it';
  // In the top layer it lies above an open dialog, too. Older browsers show it above everything else.
  overlay.popover = 'manual';
  overlay.hidden = true;
  target.append(overlay);
  // A body may be shorter than the window, and a file is dropped beneath it as well.
  const heard = target === target.ownerDocument.body ? target.ownerDocument : target;

  /** The thing of this page that is dragged. One that is taken out of the page meanwhile never tells the end. */
  /** @type {EventTarget | null} */
  let source = null;
  const isOwn = () => source instanceof Node && source.isConnected;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let watch;
  const hide = () => {
    clearTimeout(watch);
    if (overlay.hidden) return;
    overlay.hidePopover?.();
    overlay.hidden = true;
  };
  const show = () => {
    clearTimeout(watch);
    watch = setTimeout(hide, GONE);
    if (!overlay.hidden) return;
    overlay.hidden = false;
    overlay.showPopover?.();
  };
  /** Takes up a drag that is for this page, so that the browser does not open the file in its place. */
  const over = (/** @type {DragEvent} */ event) => {
    if (isOwn() || !isForPage(event)) return hide();
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    show();
  };
  /** @type {{ [name: string]: (event: DragEvent) => void }} */
  const listeners = {
    dragstart: (event) => {
      source = event.target;
    },
    dragend: () => {
      source = null;
    },
    dragenter: over,
    dragover: over,
    dragleave: (event) => {
      // From one thing of the page to the next it has not left the page.
      if (!(event.relatedTarget instanceof Node && heard.contains(event.relatedTarget))) hide();
    },
    drop: async (event) => {
      hide();
      if (isOwn() || !isForPage(event)) return;
      event.preventDefault();
      const { text, wrong } = await textDropped(event.dataTransfer);
      if (away.signal.aborted) return;
      if (text === undefined) onWrong(wrong);
      else onText(text);
    },
  };
  for (const [name, listener] of Object.entries(listeners)) {
    heard.addEventListener(name, /** @type {EventListener} */ (listener), { signal: away.signal });
  }
  return () => {
    away.abort();
    hide();
    overlay.remove();
  };
}

/**
 * Whether a drag carries what the page could open, and not to where the browser itself has a use for it.
 *
 * @param {DragEvent} event
 */
function isForPage({ dataTransfer, target }) {
  const types = dataTransfer?.types ?? [];
  if (types.includes('Files')) return true;
  const field = target instanceof Element && target.closest('input, textarea, [contenteditable]');
  return types.includes('text/plain') && !field;
}
