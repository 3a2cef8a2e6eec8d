// The page: composes everything, once.
//
// It reads how the page is to open from the URL, starts a cluster, puts header and stage into their places and hands
// keys to the desk. Whatever can be said without the whole page is said elsewhere.

import { Desk } from './desk.js';
import { loadEngine } from './engine.js';
import { messageOf } from './format.js';
import { HeaderView } from './header.js';
import { listenToKeys } from './keyboard.js';
import { isBig, isDark, onSystemTheme, otherText, otherTheme, takeUpLooks } from './looks.js';
import { Player } from './player.js';
import { Session } from './session.js';
import { PLACED, openingFrom } from './settings.js';
import { Stage } from './stage.js';
import { WorkKept } from './work.js';

/** @param {string} id @returns {HTMLElement} */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** A place for a dialog of this name: each renders into its own. @param {string} name @returns {HTMLElement} */
function dialogs(name) {
  const known = document.querySelector(`#dialogs > [data-name="${name}"]`);
  const host = known instanceof HTMLElement ? known : document.createElement('div');
  host.dataset.name = name;
  part('dialogs').append(host);
  return host;
}

/** @param {import('./engine.js').Engine} engine */
async function open(engine) {
  const query = new URLSearchParams(location.search);
  const {
    settings,
    speed,
    theme,
    panels,
    beside: asked,
    complaints,
  } = openingFrom((name) => query.get(name), engine.cards);
  takeUpLooks(theme);
  await engine.load(settings.protocol, settings.bug !== undefined);

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
      timeline: shown('timeline'),
      menu: part('menus'),
      log: shown('log'),
      inspector: shown('inspector'),
      tabs: tabs.length > 0 ? part('tabs') : undefined,
    },
    tabs,
  );

  const work = new WorkKept(desk);
  const say = (/** @type {string} */ sentence) => desk.say(panels.includes('header') ? 'start' : 'keys', sentence);
  /** What few need is loaded when it is wanted. @param {() => Promise<void>} part */
  const lazily = (part) =>
    part().catch((error) => say(`This part of the page could not be loaded: ${messageOf(error)}.`));
  /** @param {string} [refused] a text that came from elsewhere and was refused */
  const share = (refused) =>
    lazily(async () => (await import('./share.js')).openShare(dialogs('share'), desk, { refused }));
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
    help: () => lazily(async () => (await import('./help.js')).toggleHelp(dialogs('help'))),
    isBig,
    isDark,
  };
  onSystemTheme(() => desk.changed());
  const host = shown('header');
  const header = host && new HeaderView(host, desk, looks);
  let runs = session.runs;
  /** Whether it is the address that is opened: then it keeps what it holds. */
  let opening = false;
  const changed = () => {
    header?.render();
    if (desk.session.failure || part('failures').childElementCount > 0) {
      lazily(async () => (await import('./failure.js')).showFailure(part('failures'), desk));
    }
    if (runs !== session.runs) rememberRun(session.settings, opening);
    runs = session.runs;
  };
  desk.subscribe(changed);
  changed();
  const wrong = [...complaints, ...(session.complaint ? [session.complaint] : [])];
  if (wrong.length > 0) desk.say(host ? 'start' : 'keys', wrong.join(' '));

  /** @type {import('./beside.js').Besides | undefined} */
  let besides;
  const beside = async (/** @type {string[] | undefined} */ protocols = undefined) => {
    const { Besides, openBeside } = await import('./beside.js');
    besides ??= new Besides(part('rings'), desk, engine);
    if (protocols) await besides.show(protocols);
    else openBeside(dialogs('beside'), desk, besides);
  };
  desk.own = {
    beside: () => lazily(() => beside()),
    share: () => share(),
    scenarios: () =>
      lazily(async () => (await import('./scenarios.js')).openScenarios(dialogs('scenarios'), desk, work)),
    goto: () => lazily(async () => (await import('./goto.js')).openGoto(dialogs('goto'), desk)),
    branches: () => lazily(async () => (await import('./branches.js')).openBranches(dialogs('branches'), desk)),
  };
  listenToKeys(document, desk, stage, { big: looks.big, help: looks.help });

  /** A text from a link or a drop. @param {string} text */
  const take = async (text) => {
    if (await desk.open('open', text))
      /** @type {HTMLDialogElement | null} */ (document.querySelector('dialog[open]'))?.close();
    else share(text);
  };
  const wrongly = (/** @type {string} */ sentence) => {
    desk.say('open', sentence);
    share();
  };
  // Who drags something over the page for the first time finds the drop ready before it is let go.
  const dragged = () =>
    lazily(async () => void (await import('./drop.js')).listenToDrops(document.body, take, wrongly));
  addEventListener('dragenter', dragged, { once: true });
  /** Opens what the address holds. Whether it holds anything. */
  const follow = async () => {
    if (!location.hash.startsWith('#v')) return false;
    const handed = await (await import('./link.js')).textFrom(location.hash);
    if (handed === undefined) return false;
    opening = true;
    if (handed.text === undefined) wrongly(handed.wrong);
    else await take(handed.text);
    opening = false;
    return true;
  };
  // A link that is pasted into this page's own address loads nothing anew.
  addEventListener('hashchange', () => lazily(async () => void (await follow())));
  const [visit] = performance.getEntriesByType('navigation');
  const again = visit instanceof PerformanceNavigationTiming && visit.type !== 'navigate';
  await lazily(async () => {
    // What somebody has done since a link was opened goes before the link, after a reload.
    const linked = !again && (await follow());
    const said = await work.takeUp(again && !linked);
    if (said) say(said);
    if (!linked && desk.session.story.lines.length === 0 && asked.length > 0) await beside(asked);
  });
  work.begin(say);
  stage.onFirstFrame = () => {
    document.documentElement.dataset.ready = 'true';
  };
  // For tests and for the curious, in the browser's console: the session, the hand on its clock, the wasm packages.
  Object.assign(window, { raftPlayground: { session, player, engine } });
}

/** What was chosen here goes before what the link asked for, after a reload too. */
function forgetTheme() {
  const url = new URL(location.href);
  url.searchParams.delete('theme');
  history.replaceState(null, '', url);
}

/**
 * The URL tells what runs, so that a reload shows it again.
 *
 * @param {import('./session.js').Settings} settings
 * @param {boolean} linked whether a link brought it, which then stays
 */
function rememberRun(settings, linked) {
  const url = new URL(location.href);
  // Sizes of another protocol mean nothing here, and short names would contradict the full ones.
  for (const name of [...url.searchParams.keys()]) {
    if (['nodes', 'clients', 'bug'].includes(name) || name.startsWith('num_')) url.searchParams.delete(name);
  }
  for (const [name, value] of Object.entries(settings)) {
    if (name !== 'traffic') url.searchParams.set(name, String(value));
    else if (value) url.searchParams.set(name, 'on');
    else url.searchParams.delete(name);
  }
  // A moment that a link had brought is not this run's.
  if (url.hash.startsWith('#v') && !linked) url.hash = '';
  history.replaceState(null, '', url);
}

try {
  await open(await loadEngine());
} catch (error) {
  const sentence = messageOf(error);
  part('caption').textContent = `The cluster could not be loaded: ${sentence}. Reload the page to try again.`;
}
