// How the page looks: light or dark, ordinary or large text. Kept on the root element, where the style sheet reads it,
// and remembered between visits. It knows nothing of what is shown.

import { recall, remember } from './memory.js';

const root = document.documentElement;
const night = matchMedia('(prefers-color-scheme: dark)');

/** Whether the page is dark now, by choice or by the system's. */
export const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : night.matches);

/** Whether the text is large now. */
export const isBig = () => root.dataset.text === 'big';

/** Takes up what was chosen before; what a link asks for goes before that. @param {'light' | 'dark' | undefined} theme */
export function takeUpLooks(theme) {
  const chosen = theme ?? recall('theme');
  if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;
  if (recall('text') === 'big') root.dataset.text = 'big';
}

/** From light to dark, or back. */
export function otherTheme() {
  const theme = isDark() ? 'light' : 'dark';
  root.dataset.theme = theme;
  remember('theme', theme);
}

/** From ordinary to large text, or back. */
export function otherText() {
  if (isBig()) delete root.dataset.text;
  else root.dataset.text = 'big';
  remember('text', root.dataset.text);
}

/** Calls when the system goes from light to dark or back. @param {() => void} listener */
export const onSystemTheme = (listener) => night.addEventListener('change', listener);
