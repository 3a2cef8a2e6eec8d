// The page: composes everything, once.
//
// It reads how the page is to open from the URL, starts a cluster, puts header and stage into their places and hands
// keys to the desk. Whatever can be said without the whole page is said elsewhere.

import { Desk } from './desk.js';
import { showFailure } from './failure.js';
import { HeaderView } from './header.js';
import { toggleHelp } from './help.js';
import { listenToKeys } from './keyboard.js';
import { isBig, isDark, onSystemTheme, otherText, otherTheme, takeUpLooks } from './looks.js';
import { Player } from './player.js';
import { Session, loadEngine } from './session.js';
import { PLACED, openingFrom } from './settings.js';
import { Stage } from './stage.js';

/** @param {string} id @returns {HTMLElement} */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {import('./session.js').Engine} engine */
function open(engine) {
  const query = new URLSearchParams(location.search);
  const { settings, speed, theme, panels, complaints } = openingFrom((name) => query.get(name), engine.protocols());
  takeUpLooks(theme);

  const session = new Session(engine, settings);
  const player = new Player(session);
  player.clock.speed = speed;
  const desk = new Desk(session, player);
  const shown = (/** @type {string} */ id) => {
    const wanted = panels.includes(id);
    part(id).hidden = !wanted;
    return wanted ? part(id) : undefined;
  };
  const tabs = panels.filter((name) => !PLACED.includes(name));
  part('tabs').hidden = tabs.length === 0;
  const alone = panels.every((name) => name === 'header');
  part('side').hidden = alone;
  part('desk').classList.toggle('alone', alone);
  const stage = new Stage(
    desk,
    {
      ring: part('ring'),
      caption: part('caption'),
      controls: part('controls'),
      menu: part('menus'),
      log: shown('log'),
      inspector: shown('inspector'),
      tabs: tabs.length > 0 ? part('tabs') : undefined,
    },
    tabs,
  );

  const looks = {
    big: () => {
      otherText();
      desk.changed();
    },
    theme: () => {
      otherTheme();
      forgetTheme();
      desk.changed();
    },
    help: () => toggleHelp(part('dialogs')),
    isBig,
    isDark,
  };
  onSystemTheme(() => desk.changed());
  const host = shown('header');
  const header = host && new HeaderView(host, desk, looks);
  let runs = session.runs;
  const changed = () => {
    header?.render();
    showFailure(part('failures'), desk);
    if (runs !== session.runs) rememberRun(session.settings);
    runs = session.runs;
  };
  desk.subscribe(changed);
  changed();
  const wrong = [...complaints, ...(session.complaint ? [session.complaint] : [])];
  if (wrong.length > 0) desk.say(host ? 'start' : 'keys', wrong.join(' '));

  listenToKeys(document, desk, stage, { big: looks.big, help: looks.help });
  stage.onFirstFrame = () => {
    document.documentElement.dataset.ready = 'true';
  };
  // For tests and for the curious, in the browser's console: the session, the hand on its clock, the wasm package.
  Object.assign(window, { raftPlayground: { session, player, engine } });
}

/** What was chosen here goes before what the link asked for, after a reload too. */
function forgetTheme() {
  const url = new URL(location.href);
  url.searchParams.delete('theme');
  history.replaceState(null, '', url);
}

/** The URL tells what runs, so that a reload shows it again. @param {import('./session.js').Settings} settings */
function rememberRun(settings) {
  const url = new URL(location.href);
  // Sizes of another protocol mean nothing here, and short names would contradict the full ones.
  for (const name of [...url.searchParams.keys()]) {
    if (name === 'nodes' || name === 'clients' || name.startsWith('num_')) url.searchParams.delete(name);
  }
  for (const [name, value] of Object.entries(settings)) {
    if (name !== 'traffic') url.searchParams.set(name, String(value));
    else if (value) url.searchParams.set(name, 'on');
    else url.searchParams.delete(name);
  }
  history.replaceState(null, '', url);
}

try {
  open(await loadEngine());
} catch (error) {
  const sentence = error instanceof Error ? error.message : String(error);
  part('caption').textContent = `The cluster could not be loaded: ${sentence}. Reload the page to try again.`;
}
