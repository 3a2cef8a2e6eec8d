// The dialog of the scenarios that come with the page, by theme: each with its title, its protocol and its story. It is loaded
// when it is opened for the first time, and so is the list, which `tools/bundle.mjs` makes from the files.

import { html, nothing, render } from 'lit-html';
import { closeDialog, openDialog } from './dialog.js';
import { messageOf } from './format.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {{ name: string, theme: string, title: string, story: string, protocol: string }} Listed */

/** @type {Promise<Listed[]> | undefined} */
let listing;

/** @param {string} name @param {(answer: Response) => Promise<any>} read */
async function fetched(name, read) {
  const answer = await fetch(new URL(`./scenarios/${name}`, import.meta.url));
  if (!answer.ok) throw new Error(`${name} is not there (${answer.status})`);
  return read(answer);
}

/** The text of a scenario that comes with the page. @param {string} name @returns {Promise<string>} */
const shipped = (name) => fetched(`${name}.toml`, (answer) => answer.text());

/** Every scenario that comes with the page, in the order in which they are shown. */
const listed = () =>
  (listing ??= fetched('index.json', (answer) => answer.json()).catch((error) => {
    listing = undefined;
    throw error;
  }));

/**
 * Opens the dialog.
 *
 * @param {HTMLElement} host
 * @param {Desk} desk
 * @param {{ last?: import('./keep.js').Work, open(work: import('./keep.js').Work): Promise<string | undefined> }} [work]
 */
export async function openScenarios(host, desk, work) {
  /** @type {Listed[]} */
  let all = [];
  let wanted = '';
  let wrong = '';
  try {
    all = await listed();
  } catch (error) {
    wrong = `The list of scenarios could not be loaded: ${messageOf(error)}.`;
  }
  const choose = async (/** @type {string} */ name) => {
    try {
      const text = await shipped(name);
      if (await desk.open('open', text)) return closeDialog(host);
      wrong = desk.said('open');
    } catch (error) {
      wrong = `It could not be loaded: ${messageOf(error)}.`;
    }
    draw();
  };
  const goOn = async () => {
    if (!work?.last) return;
    wrong = (await work.open(work.last)) ?? '';
    if (wrong === '') closeDialog(host);
    else draw();
  };
  const title = (/** @type {string} */ protocol) =>
    desk.session.cards.find((card) => card.protocol === protocol)?.title ?? protocol;
  const draw = () => {
    const fits = (/** @type {Listed} */ each) =>
      `${each.theme} ${each.title} ${each.story} ${title(each.protocol)}`
        .toLowerCase()
        .includes(wanted.trim().toLowerCase());
    const shown = all.filter(fits);
    const themes = [...new Set(shown.map((each) => each.theme))];
    render(
      html`<label class="row"
          >Only with
          <input
            type="search"
            .value=${wanted}
            @input=${(/** @type {Event} */ event) => {
              wanted = /** @type {HTMLInputElement} */ (event.currentTarget).value;
              draw();
            }}
        /></label>
        ${
          work?.last
            ? html`<button type="button" class="scenario" @click=${goOn}>
                <strong>Go on with what you did last</strong>
                <span class="story"
                  >${work.last.saved.length === 1 ? 'One branch' : `${work.last.saved.length} branches`}, as you left
                  it</span
                >
              </button>`
            : nothing
        }
        ${wrong === '' ? nothing : html`<pre class="wrong" role="alert">${wrong}</pre>`}
        ${themes.map(
          (theme) =>
            html`<h3>${theme}</h3>
              <ul class="scenarios">
                ${shown
                  .filter((each) => each.theme === theme)
                  .map(
                    (each) =>
                      html`<li>
                        <button type="button" class="scenario" @click=${() => choose(each.name)}>
                          <strong>${each.title}</strong> <span class="quiet">${title(each.protocol)}</span>
                          <span class="story">${each.story}</span>
                        </button>
                      </li>`,
                  )}
              </ul>`,
        )}
        ${shown.length === 0 && wrong === '' ? html`<p class="quiet">No scenario is like that.</p>` : nothing}`,
      body,
    );
  };
  const body = openDialog(host, 'Scenarios', 'scenarios-dialog');
  draw();
}
