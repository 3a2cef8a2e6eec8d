// Where a sentence comes from: a link where the paper can be had from its authors, plain words for the others.
//
// The page itself loads nothing from anywhere else; only somebody who follows the link leaves it. It knows papers by
// the word before the section, and no protocol.

import { html, nothing } from 'lit-html';

/** The papers that have an address of their own, by the words that name them. */
const PAPERS = [{ name: 'Raft §', address: 'https://raft.github.io/raft.pdf' }];

/** Where a section can be read, if anywhere. @param {string} section as the core tells it: `Raft §5.2` */
export const addressOf = (section) => PAPERS.find(({ name }) => section.startsWith(name))?.address;

/** A section as its reader sees it. @param {string} section empty where there is none */
export function source(section) {
  if (section === '') return nothing;
  const address = addressOf(section);
  return html`<cite
    >${address ? html`<a href=${address} target="_blank" rel="noopener" title="The paper, in a new tab">${section}</a>` : section}</cite
  >`;
}
