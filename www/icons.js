// The few pictures on buttons, drawn here so that no font decides what they look like. Each is 16 by 16, takes the
// colour of the text and is hidden from screen readers: the button says in words what it does.

import { html, svg } from 'lit-html';

const shapes = {
  play: svg`<path d="M4 2.5v11l9-5.5z" />`,
  pause: svg`<path d="M4 3h3v10H4zM9 3h3v10H9z" />`,
  step: svg`<path d="M3 3v10l7-5zM11 3h2.5v10H11z" />`,
  skip: svg`<path d="M1.5 3v10l6-5zM8 3v10l6-5zM14 3h1.5v10H14z" />`,
  playback: svg`<path d="M12 2.5v11L3 8z" />`,
  stepback: svg`<path d="M13 3v10L6 8zM5 3H2.5v10H5z" />`,
  jumpback: svg`<path d="M14.5 3v10l-6-5zM8 3v10L2 8zM2 3H.5v10H2z" />`,
  slower: svg`<path d="M3 7h10v2H3z" />`,
  faster: svg`<path d="M7 3h2v4h4v2H9v4H7V9H3V7h4z" />`,
  start: svg`<path d="M13 3 6.5 8l6.5 5zM5 3H2.5v10H5z" />`,
  back: svg`<path d="M11 3 4.5 8 11 13z" />`,
  on: svg`<path d="m5 3 6.5 5L5 13z" />`,
  end: svg`<path d="m3 3 6.5 5L3 13zM11 3h2.5v10H11z" />`,
  beside: svg`<path d="M1.5 2.5h5.5v11H1.5zM9 2.5h5.5v11H9z" />`,
  theme: svg`<path d="M8 1.5a6.5 6.5 0 1 0 0 13zm0 1.5a5 5 0 0 1 0 10z" fill-rule="evenodd" /><path d="M8 1.5a6.5 6.5 0 0 1 0 13v-1.5a5 5 0 0 0 0-10z" />`,
  dice: svg`<path
    fill-rule="evenodd"
    d="M3 1.5h10A1.5 1.5 0 0 1 14.5 3v10a1.5 1.5 0 0 1-1.5 1.5H3A1.5 1.5 0 0 1 1.5 13V3A1.5 1.5 0 0 1 3 1.5zM5 4a1.2 1.2 0 1 0 .01 0zm6 6a1.2 1.2 0 1 0 .01 0zM8 7a1.2 1.2 0 1 0 .01 0z"
  />`,
  crown: svg`<path d="M2 12.5h12V14H2zM2 11 1 4l4 3 3-5 3 5 4-3-1 7z" />`,
  undo: svg`<path d="M6.5 2 1.5 6.5l5 4.5V8H10a2.75 2.75 0 0 1 0 5.5H5V15h5a5 5 0 0 0 0-9H6.5z" />`,
  redo: svg`<path d="M9.5 2l5 4.5-5 4.5V8H6a2.75 2.75 0 0 0 0 5.5h5V15H6a5 5 0 0 1 0-9h3.5z" />`,
  branches: svg`<path
    d="M4.75 4.9V9c1.8-1.5 6.2-1 6.4-3.1a2.25 2.25 0 1 1 1.5.05C12.4 9.7 6 9 5 11a2.25 2.25 0 1 1-1.75.1V4.9a2.25 2.25 0 1 1 1.5 0z"
  />`,
  more: svg`<path d="m3 5 5 6.5L13 5z" />`,
  close: svg`<path d="m3.5 2.5 4.5 4.5 4.5-4.5 1 1L9 8l4.5 4.5-1 1L8 9l-4.5 4.5-1-1L7 8 2.5 3.5z" />`,
};

/** @param {keyof typeof shapes} name */
export const icon = (name) =>
  html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    ${shapes[name]}
  </svg>`;
