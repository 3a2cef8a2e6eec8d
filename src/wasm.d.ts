/**
 * What the wasm module hands to JavaScript, field for field as src/view/mod.rs and src/observe.rs have it.
 *
 * src/wasm.rs includes this text in the declarations that wasm-bindgen writes, so the page's type check fails
 * where the two sides disagree on a name that is used. An absent value (Rust's `None`) is `undefined`. Times are
 * numbers of virtual microseconds; processes, links and messages are the texts that steps use.
 */

/** A node: `n3`. */
export type NodeId = string;
/** A client: `c1`. */
export type ClientId = string;
/** Whoever can send or receive: `n3`, `c1`. */
export type ProcessId = string;
/** A message, `n1->n3#17`; a copy that the network made of it, `n1->n3#17.2`. */
export type MessageId = string;
/** Virtual microseconds since the cluster was started. */
export type Time = number;

/** How a role is drawn. */
export type RoleMark = 'crown' | 'seeking' | 'plain' | 'passive' | 'absent';
/** The shape of a message. */
export type Shape = 'triangle' | 'square' | 'dot' | 'diamond' | 'block' | 'tag';
/** Whether a reply says yes or no. */
export type Sign = 'plus' | 'minus';
/** How much an event matters to somebody who watches. */
export type Weight = 'detail' | 'story' | 'turn';
/** What a turning point is, so that a timeline can mark it. */
export type Landmark = 'leader' | 'commit' | 'crash' | 'network' | 'violation';
/** What a client can ask of the store. */
export type Operation = 'put' | 'get' | 'delete';

/** The names that a protocol has for the neutral words, and the legend of its picture. */
export interface Vocabulary {
  /** The name for machines: `raft`. */
  protocol: string;
  /** The name for people: `Raft`. */
  title: string;
  /** One sentence that says what the protocol is. */
  sentence: string;
  /** What an epoch is called. */
  epoch: string;
  /** What a sequence of slots is called. */
  slots: string;
  /** What the place of a slot is called. */
  slot: string;
  /** What the highest committed slot is called. */
  committed: string;
  /** What the highest applied slot is called. */
  applied: string;
  /** What a leader calls the slot that it sends a peer next. */
  next: string;
  /** What a leader calls the highest slot that it knows a peer to hold. */
  matched: string;
  /** The name of the timer that is drawn on a node's rim and that a person may force. */
  main_timer?: string;
  /** What its attempts to come to lead are called, many of them; empty where nobody need try. */
  bids: string;
  /** Every role, in the order of the legend. */
  roles: RoleWord[];
  /** Every kind of message, in the order of the legend. */
  messages: MessageWord[];
  /** What an operator may tell a node: the step is `tell NODE VERB`, and whom it names. */
  orders: OrderWord[];
  /** The ways in which a client may say that it wants to read; none where there is only one. */
  reads: string[];
  /** Whether nodes may be added to a running cluster: the step is `start NODE`, the next number. */
  grows: boolean;
  /** What is said of a node that takes part in full, that only follows along, and that takes no part; none where nodes do not change. */
  standings: string[];
}

/** An order that an operator may give a node. */
export interface OrderWord {
  /** How the step goes on after the node: `transfer`. */
  verb: string;
  /** Whom it names beside the node that is told: nobody, a member, somebody who does not vote, or all who shall take part. */
  names: 'nobody' | 'member' | 'other' | 'all';
  /** Whether only a leader is told this. */
  led: boolean;
  /** What it is called on a button. */
  label: string;
  /** What it does, in one sentence. */
  sentence: string;
  /** Where it is described. */
  section: string;
}

/** What a choice may be: `{ word: [..] }` is one of these words. */
export type Kind = 'switch' | 'number' | 'span' | 'spread' | 'share' | 'text' | { word: string[] };

/** Something that can be chosen anew while the cluster runs, with its value. */
export interface ChoiceCard {
  /** The name, as steps and files write it: `set NAME VALUE`. */
  name: string;
  /** What it is called among people. */
  label: string;
  /** What it does, in one sentence. */
  sentence: string;
  /** Where it is described. */
  section: string;
  /** Under which heading it stands. */
  group: string;
  /** What it may be. */
  kind: Kind;
  /** Whether safety rests on the value that it has by default. */
  safety: boolean;
  /** What it is now. */
  value: string;
  /** What it was when the run began. */
  began: string;
  /** What it is where nobody has chosen. */
  usual: string;
}

/** A reason: a whole sentence or several, and where the rule is stated, which may be empty. */
export interface Reason {
  text: string;
  section: string;
}

/** An event that led to what is asked about. */
export interface ChainLink {
  /** How many steps had been carried out just after it. */
  steps: number;
  /** When. */
  at: Time;
  /** The moment just after it, as a text: `250ms#312`. */
  moment: string;
  /** The number of the first event that was told of it, and of the last; both 0 where nothing was told. */
  told: [first: number, last: number];
  /** The step, as a text: `deliver n1->n3#17`. */
  step: string;
  /** What happened, in a sentence. */
  text: string;
  /** Where that is described; may be empty. */
  section: string;
  /** The nodes and clients that it concerns. */
  who: ProcessId[];
  /** The message whose arrival or loss it was. */
  message?: MessageId;
  /** After how many steps that was sent, where that is known. */
  sent?: number;
}

/** Why things are as they are at a moment. */
export interface Answer {
  /** The question, as a text. */
  question: string;
  /** The moment that it was asked at, as a text. */
  moment: string;
  /** The answer: sentences, the most important one first. */
  reasons: Reason[];
  /** What led there, in the order in which it happened. */
  chain: ChainLink[];
  /** How many more events had a part in it. */
  more: number;
  /** All of them as numbers of steps, where they are few; else none. */
  all: number[];
}

/** What a mistake needs to do harm. */
export type Need = 'crash' | 'loss' | 'reorder' | 'duplicate' | 'skew' | 'order';

/** How a hunt for a run that breaks a promise stands. */
export interface Standing {
  /** How many seeds were run to their ends. */
  seeds: number;
  /** The seed whose run is under way, or has failed. */
  seed: number;
  /** How many events there were in all runs. */
  steps: number;
  /** How many states were seen where all schedules are looked at, too. */
  states?: number;
  /** How many moves these schedules have by now. */
  depth?: number;
  /** What was found, as far as it is shrunk. */
  found?: Prey;
}

/** A run that failed. */
export interface Prey {
  /** Its seed; none where it is a schedule that was found by looking at all of them. */
  seed?: number;
  /** What fell: a property, `liveness` or `assertion`. */
  property: string;
  /** How, in one sentence. */
  text: string;
  /** How many steps there were before anything was left out. */
  from: number;
  /** How many are left. */
  left: number;
  /** Whether nothing can be left out any more. */
  done: boolean;
  /** What is left, as a scenario file. */
  scenario: string;
}

/** What may happen so many times in an exploration of all schedules. */
export interface Limit {
  /** Its name in a `Reach`. */
  name: string;
  /** What it is called among people. */
  label: string;
  /** What it bounds, in a sentence. */
  sentence: string;
  /** The most that can be chosen. */
  most: number;
  /** What it is where nobody has chosen. */
  value: number;
}

/** Something that must hold of every run of a protocol. */
export interface PropertyCard {
  /** Its name. */
  name: string;
  /** What it says, in a sentence. */
  sentence: string;
  /** Where it is stated. */
  section: string;
}

/** What suits a mistake, so that what it breaks is found from the midst of a run. */
export interface Suited {
  /** The mistake. */
  bug: string;
  /** What is to be chosen in a `Reach`. */
  reach: [name: string, value: string][];
  /** What is to be chosen in the run, beside what the mistake itself needs. */
  with: [name: string, value: string][];
}

/** What can be asked of an exploration. */
export interface Explorable {
  limits: Limit[];
  properties: PropertyCard[];
  /** What suits each mistake that an exploration shows. */
  suited: Suited[];
}

/**
 * How far around a moment all schedules are looked at: each `Limit` by its name, `in_order` (true or false: whether each
 * link keeps the order of its messages), `late` (true or false: whether messages may come late), `may` (steps that may be done besides, with `;` between them), `property` (which
 * is to fall; any where it is empty), `depth` (how many moves at most; any where it is empty), `states` (how many are
 * remembered at most), `search` (breadth, depth or random) and `seed`.
 */
export type Reach = Record<string, string | number | boolean>;

/** How an exploration stands. */
export interface Outlook {
  /** Whether it goes on, has looked at everything, has found something, or has seen as many states as it may remember. */
  status: 'running' | 'exhausted' | 'found' | 'full';
  /** How many different states were seen. */
  states: number;
  /** How many are remembered at most. */
  most: number;
  /** How many moves were tried. */
  moves: number;
  /** How many moves from the start the state is that was looked at last. */
  depth: number;
  /** How many states wait to be gone on from. */
  waiting: number;
  /** In how many ways the nodes may be named without anybody noticing. */
  namings: number;
  /** What was found. */
  found?: Counterexample;
}

/** A schedule that breaks a promise. */
export interface Counterexample {
  /** The property. */
  property: string;
  /** What it says. */
  sentence: string;
  /** Where it is stated. */
  section: string;
  /** Who contradicts whom. */
  text: string;
  /** How many moves it takes. */
  moves: number;
  /** How many steps these are. */
  steps: number;
  /** The run up to the moment, and then the schedule: a scenario file that opens at the moment. */
  scenario: string;
}

/** A mistake that a cluster can be told to make. */
export interface Bug {
  /** Its name in files and steps: `set bug NAME`. */
  name: string;
  /** What it is called among people. */
  label: string;
  /** What goes wrong, in one sentence. */
  sentence: string;
  /** Where the rule is stated that it breaks. */
  section: string;
  /** Where it was made; empty where nobody is known for it. */
  seen_in: string;
  /** What must happen for it to do harm. */
  needs: Need[];
  /** What must be chosen for it to do harm: names and values of settings. */
  with: [name: string, value: string][];
  /** The name of the property that it breaks; `liveness` where nothing good happens any more. */
  breaks: string;
  /** The rule as it should be, in a line of code. */
  right: string;
  /** The same with the mistake. */
  wrong: string;
}

/** A role, as the legend tells it. */
export interface RoleWord {
  /** The protocol's name for it. */
  name: string;
  /** How it is drawn. */
  mark: RoleMark;
  /** What it does, in one sentence. */
  sentence: string;
}

/** A kind of message, as the legend tells it. */
export interface MessageWord {
  /** The protocol's name for it. */
  name: string;
  /** How it is drawn. */
  shape: Shape;
  /** Whether it answers another message: drawn hollow. */
  reply: boolean;
  /** What it is for, in one sentence. */
  sentence: string;
}

/** A number field that a protocol needs to know the size of its cluster. */
export interface CountField {
  /** Its name in `Settings`: `num_nodes`. */
  name: string;
  /** Its name for people: `nodes`. */
  label: string;
  /** The least that is accepted. */
  min: number;
  /** The most that is accepted. */
  max: number;
  /** What it is unless said otherwise. */
  value: number;
}

/** A protocol that can be chosen. */
export interface ProtocolCard extends Vocabulary {
  /** The number fields for the sizes of its cluster. */
  counts: CountField[];
  /** Whether this build of the package can run it, and does not only tell of it. */
  here: boolean;
}

/** How a cluster is started. Everything left out has a default. */
export interface Settings {
  /** `raft`, `multi_paxos`, `single_server`. */
  protocol?: string;
  /** Where all chance comes from; a text where it is larger than 2^53. */
  seed?: number | string;
  /** Whether the clients send requests of their own. */
  traffic?: boolean;
  /** The sizes, under the names of the protocol's `counts`. */
  [count: string]: string | number | boolean | undefined;
}

/** A number that only grows and that names who may lead; drawn as a colour and a text. */
export interface Epoch {
  /** Chooses the colour. */
  number: number;
  /** What is written: `3`, `2.1`. */
  text: string;
}

/** A labelled value for the inspector. */
export interface Fact {
  /** The protocol's name for it. */
  name: string;
  /** Its value as text. */
  value: string;
}

/** One slot of a node's log. */
export interface Slot {
  /** Its place, from 1. */
  index: number;
  /** The epoch that it was written in. */
  epoch: Epoch;
  /** What it holds: something for the store to do, who takes part from there on, or nothing. */
  kind: 'command' | 'members' | 'empty';
  /** The command: `put a val_7`. */
  text: string;
  /** A hash of this slot's contents: slots that are equal hold the same. */
  digest: string;
}

/** A vote that is being counted. */
export interface Tally {
  /** Who may vote. */
  voters: NodeId[];
  /** Who has granted. */
  granted: NodeId[];
  /** Who has refused. */
  refused: NodeId[];
  /** How many must grant. */
  needed: number;
}

/** What a leader knows of another node. */
export interface Peer {
  /** The other node. */
  node: NodeId;
  /** The slot that it is sent next. */
  next: number;
  /** The highest slot that it is known to hold. */
  matched: number;
  /** How it is sent what it lacks; empty where the protocol knows no such states. */
  state: string;
  /** How many messages are on their way to it without an answer. */
  in_flight: number;
  /** How many bytes of slots these carry. */
  bytes: number;
  /** How many bytes it has of a snapshot that it is being sent, and how many there are. */
  snapshot?: [have: number, total: number];
}

/** What has taken the place of a node's first slots. */
export interface SnapshotView {
  /** The last slot that is in it. */
  slot: number;
  /** The epoch of that slot. */
  epoch: Epoch;
  /** How large it is. */
  bytes: number;
}

/** What a node's protocol shows at one moment. */
export interface NodeView {
  /** The protocol's word for the role. */
  role: string;
  /** How the role is drawn. */
  mark: RoleMark;
  /** The epoch that the node is in, if the protocol has such. */
  epoch?: Epoch;
  /** Whom the node has voted for in this epoch. */
  vote?: NodeId;
  /** Whom the node takes for the leader. */
  leader?: NodeId;
  /** The vote that this node is counting. */
  tally?: Tally;
  /** The slots that were asked for; gaps are left out. */
  slots: Slot[];
  /** The lowest slot that the node still has. */
  first_slot: number;
  /** The highest slot that the node has; 0 where it has none. */
  last_slot: number;
  /** The highest slot that the node knows to be committed. */
  committed: number;
  /** The highest slot that the node has applied to its store. */
  applied: number;
  /** The highest slot that is safe on its own disk, where the protocol keeps account of that. */
  durable?: number;
  /** What has taken the place of its first slots, if anything has. */
  snapshot?: SnapshotView;
  /** The sets of nodes of which a majority each must agree, as this node sees it: two while they change. */
  quorums: NodeId[][];
  /** Who follows along without a vote, as this node sees it. */
  learners: NodeId[];
  /** What a leader knows of the others. */
  peers: Peer[];
  /** The node's own copy of the store, in order of the keys; absent where it keeps none. */
  store?: [key: string, value: string][];
  /** Everything else worth knowing, for the inspector. */
  facts: Fact[];
}

/** A running timer. */
export interface TimerCard {
  /** Its name, as steps write it. */
  name: string;
  /** When it was armed. */
  armed: Time;
  /** When it will run out. */
  due: Time;
}

/** A node and what the simulation knows of its machine. */
export interface NodeCard {
  /** The node, as steps name it: `n3`. */
  id: NodeId;
  /** The node, as people name it. */
  name: string;
  /** Whether it runs. A crashed node is shown as its disk would bring it back. */
  up: boolean;
  /** Whether it is up but paused. */
  paused: boolean;
  /** Whether every link to and from other nodes is cut. */
  isolated: boolean;
  /** Whether a client may turn to it. */
  door: boolean;
  /** How fast its clock runs, when not true: `+5%`. */
  drift?: string;
  /** How many writes have not reached its disk yet. */
  unflushed: number;
  /** The timers that are running. */
  timers: TimerCard[];
  /** What the protocol shows. */
  node: NodeView;
}

/** What the protocol shows of a message, apart from who sends it to whom and when. */
export interface MessageView {
  /** The protocol's name for its kind. */
  kind: string;
  /** How it is drawn. */
  shape: Shape;
  /** Whether it answers another message. */
  reply: boolean;
  /** Whether it says yes or no. */
  sign?: Sign;
  /** The epoch of its sender when it was sent. */
  epoch?: Epoch;
  /** A few characters that may stand beside it: `put a`. What it carries is told by `MessageDetails`. */
  label: string;
}

/** A message on its way. */
export interface Flight extends MessageView {
  /** Which message: `n1->n3#17`. */
  id: MessageId;
  /** Who sent it. */
  from: ProcessId;
  /** Whom it is for. */
  to: ProcessId;
  /** When it was sent. */
  sent: Time;
  /** When it arrives, or would have arrived. */
  arrives: Time;
  /** Whether it waits at the door of a paused node. */
  held: boolean;
  /** When it was lost, if it was. */
  lost?: Time;
}

/** What a link does to messages, in the texts that steps use. */
export interface LinkWords {
  /** How long messages travel: `10ms..20ms`. */
  latency: string;
  /** The share that is lost: `5%`. */
  loss: string;
  /** The share that arrives twice. */
  duplication: string;
  /** The share that later messages may overtake. */
  reordering: string;
}

/** A link that is not as the others. */
export interface LinkCard extends LinkWords {
  /** Who sends. */
  from: ProcessId;
  /** Who receives. */
  to: ProcessId;
  /** Whether nothing gets through. */
  cut: boolean;
}

/** A request that has no answer yet. */
export interface Running {
  /** The how manyth request of the client. */
  seq: number;
  /** What is asked: `put a val_7`. */
  text: string;
  /** Whom the client asked last; absent while it waits to try again. */
  to?: NodeId;
  /** How often it has asked. */
  attempts: number;
  /** When it asked first. */
  since: Time;
  /** When it will give up waiting and try again. */
  retry: Time;
  /** Whether it was turned away a moment ago, since whom it asked has too much to do. */
  busy: boolean;
}

/** A request that has been answered. */
export interface Answered {
  /** The how manyth request of the client. */
  seq: number;
  /** What was asked. */
  text: string;
  /** The answer: `OK`, `"val_7"`, `key not found: a`. */
  answer: string;
  /** Whether the store carried it out rather than refused it. */
  ok: boolean;
  /** When the answer came. */
  at: Time;
}

/** A client and its running request. */
export interface ClientCard {
  /** The client: `c1`. */
  id: ClientId;
  /** Whom it takes for the leader. */
  leader?: NodeId;
  /** The request that it waits for. */
  running?: Running;
  /** How many more requests wait behind that one. */
  queued: number;
  /** How many have been answered. */
  answered: number;
  /** The last answer. */
  last?: Answered;
}

/** One event in words. */
export interface EventLine {
  /** Its number among all that were told, from 1. */
  number: number;
  /** When it happened. */
  at: Time;
  /** Whom it happened to. */
  who?: ProcessId;
  /** One sentence with what happened and why. */
  text: string;
  /** Where it is described; empty where nothing needs to be looked up. */
  section: string;
  /** How much it matters. */
  weight: Weight;
  /** What it marks on the timeline. */
  landmark?: Landmark;
}

/** A broken promise. */
export interface ViolationCard {
  /** The name of the property. */
  property: string;
  /** What it says. */
  sentence: string;
  /** Where it is stated. */
  section: string;
  /** Who contradicts whom. */
  text: string;
  /** What cannot be true together, that of the node that was changed first. */
  claims: Claim[];
  /** When it was broken. */
  at: Time;
  /** After how many events. */
  steps: number;
}

/** Something that is checked at every event. */
export interface CheckCard {
  /** The name of the property. */
  property: string;
  /** What it says. */
  sentence: string;
  /** Where it is stated. */
  section: string;
  /** How often it was checked, until it fell: whenever an event had changed something that it is about. */
  checked: number;
  /** How it fell; missing as long as it holds. */
  violation?: ViolationCard;
}

/** One of the things that cannot be true together. */
export interface Claim {
  /** Whose it is; missing of what was seen before, and of whoever asks from outside. */
  node?: string;
  /** Of which slot, where it is about one. */
  slot?: number;
  /** What is there, or what is said: `put a 1, term 2`, `leads term 3`. */
  value: string;
}

/** Everything about one message, for the inspector. */
export interface MessageDetails {
  /** The message. */
  id: MessageId;
  /** Its kind. */
  kind: string;
  /** What it carries. */
  facts: Fact[];
}

/** Where this moment stands among everything that has been kept of the run. */
export interface Past {
  /** When the last event before this moment was; the start, where there was none. */
  since: Time;
  /** Up to which time the branch is known. */
  end: Time;
  /** How many steps the branch has up to there. */
  end_steps: number;
  /** Whether this moment is the end: whatever happens next has not happened before. */
  live: boolean;
  /** The branch that is shown. */
  branch: number;
  /** How many branches there are to choose from. */
  branches: number;
  /** The step of the person that `undo` would take back, if any. */
  undo?: string;
  /** Whether `redo` would bring something back. */
  redo: boolean;
}

/** A run that somebody may come back to: it shares its past with the branch that it was forked from. */
export interface Branch {
  /** Its number, which never changes. */
  id: number;
  /** Its name: what it was called, or what was done first on it. */
  name: string;
  /** The branch that it was forked from, unless it is the first or that one was deleted. */
  parent?: number;
  /** When it was forked. */
  fork: Time;
  /** After how many steps it was forked. */
  fork_steps: number;
  /** Up to which time it is known. */
  end: Time;
  /** How many steps it has up to there. */
  end_steps: number;
  /** How many steps of the person are on it, those before the fork too. */
  acts: number;
  /** Whether it is the one that is shown. */
  current: boolean;
}

/** A stretch of time in which one epoch was the highest of the cluster; it lasts until the next one begins. */
export interface Stretch {
  /** When it begins. */
  at: Time;
  /** The epoch. */
  epoch: Epoch;
}

/** A turning point on the timeline. */
export interface Mark {
  /** When it happened: the first of them, where several lie too close together to be told apart. */
  at: Time;
  /** How many steps had been carried out just after it. */
  steps: number;
  /** What it is. */
  kind: Landmark;
  /** How many lie here. */
  count: number;
}

/** A branch as a timeline shows it. */
export interface Strip {
  /** Up to which time it is known. */
  end: Time;
  /** The epochs, in order; nothing before the first. */
  stretches: Stretch[];
  /** The turning points, in order of time. */
  marks: Mark[];
}

/** What one of two branches does where they differ for the first time. */
export interface Parting {
  /** When. */
  at: Time;
  /** The step, as scripts write it: `crash n3`. */
  step: string;
  /** Whether the person took it. */
  by_hand: boolean;
}

/** What differs between two branches just after they part. */
export interface Contrast {
  /** Which node. */
  node: NodeId;
  /** What: `role`, or the protocol's word for it. */
  what: string;
  /** What it is on the one branch. */
  left: string;
  /** What it is on the other. */
  right: string;
}

/** The first event at which two branches differ. */
export interface Difference {
  /** The how manyth event it is; both have the same events before it. */
  number: number;
  /** What happens then on the one; nothing where it ends there. */
  left?: Parting;
  /** What happens then on the other. */
  right?: Parting;
  /** What differs just after that event. */
  contrasts: Contrast[];
}

/**
 * A name and a value of a scenario file, and whether the value is a text; those of a table have its name before theirs:
 * `network.loss`.
 */
export type ScenarioEntry = [name: string, value: string, is_text: boolean];

/** A scenario as it was written: its title, its story and the lines of its script. */
export interface Story {
  /** What it is called; empty where it has no title. */
  title: string;
  /** What it shows, in a few sentences; empty where nothing is said. */
  story: string;
  /** The lines of its script. */
  lines: string[];
}

/** How far a script has been played at this moment. */
export interface Place {
  /** The place of the next line in `Story.lines`, from 0; their number where all were played. */
  next: number;
  /** Whether that line waits for the person (`step`), rather than for a time or for something to happen. */
  by_hand: boolean;
  /** When that line is due, where it waits for a time or need not wait any more. */
  due?: Time;
  /** Why the script has stopped, if it did not go as it says. */
  failed?: string;
}

/** What a node has done since the start of the run. Messages and bytes of clients' requests and answers are in it. */
export interface Totals {
  /** How often it has begun to try to lead. */
  tried: number;
  /** How often it has come to lead by that. */
  won: number;
  /** How many messages it has sent. */
  sent: number;
  /** How many bytes these were. */
  sent_bytes: number;
  /** How many messages it has handled. */
  received: number;
  /** How many bytes these were. */
  received_bytes: number;
  /** How many slots it has known to be committed, from the first on. */
  committed: number;
  /** How long it has led, all in all. */
  led: Time;
}

/** `Totals` at several times: a column for each figure. */
export interface Columns {
  /** How often it had begun to try to lead. */
  tried: number[];
  /** How often it had come to lead. */
  won: number[];
  /** Messages sent. */
  sent: number[];
  /** Bytes sent. */
  sent_bytes: number[];
  /** Messages handled. */
  received: number[];
  /** Bytes handled. */
  received_bytes: number[];
  /** Slots known to be committed. */
  committed: number[];
  /** How long it had led, in microseconds. */
  led: number[];
}

/** So many took at least `from` and at most `to`. */
export interface Bucket {
  /** The shortest that belongs to it. */
  from: Time;
  /** The longest that belongs to it. */
  to: Time;
  /** How many there were. */
  count: number;
}

/** How long something took, many times. */
export interface Distribution {
  /** How many were measured. */
  count: number;
  /** Half of them took so long at most. */
  median?: Time;
  /** 99 in a hundred took so long at most. */
  most?: Time;
  /** What the longest took. */
  longest?: Time;
  /** The buckets from the first that holds something to the last, one beside the other. */
  buckets: Bucket[];
}

/** What one node has done. */
export interface NodeMetrics {
  /** The node, as steps name it: `n3`. */
  id: NodeId;
  /** The node, as people name it. */
  name: string;
  /** Whether it leads at the moment, as it sees it. */
  leads: boolean;
  /** What it has done since the start. */
  totals: Totals;
  /** How long what it took as leader needed to be committed. */
  commit: Distribution;
  /** How long the clients that it has answered had waited. */
  answer: Distribution;
  /** What it had done by each of `Metrics.times`. */
  past: Columns;
}

/** A time in which a node led. */
export interface Reign {
  /** Who led. */
  node: NodeId;
  /** In which epoch, if the protocol has such. */
  epoch?: Epoch;
  /** Since when. */
  from: Time;
  /** Until when; absent as long as it does. */
  until?: Time;
}

/** What the nodes of a cluster have done by a moment. */
export interface Metrics {
  /** The moment. */
  now: Time;
  /** How far the samples lie apart. */
  every: Time;
  /** The times of the samples, in order; the last is the moment itself. */
  times: Time[];
  /** Each node, in order. */
  nodes: NodeMetrics[];
  /** How long commits took, those of all leaders together. */
  commit: Distribution;
  /** How long clients waited for their answers, those of all nodes together. */
  answer: Distribution;
  /** Who led when, in the order in which they began; the latest 128 at least. */
  reigns: Reign[];
}

/** One moment of a cluster: everything that may be drawn. */
export interface View {
  /** What time it is. */
  now: Time;
  /** When the next event is due, if any ever is. */
  due?: Time;
  /** The seed of the run, as text. */
  seed: string;
  /** How many steps have been carried out since the start. */
  steps: number;
  /** How many events have been told since the start; see `events(since)`. */
  told: number;
  /** The hash of everything that has happened so far. */
  hash: string;
  /** Whether the clients send requests of their own. */
  traffic: boolean;
  /** Every node, in order. */
  nodes: NodeCard[];
  /** Every message on its way, and those lost a moment ago, in order of arrival. */
  messages: Flight[];
  /** The links that differ from the ordinary one. */
  links: LinkCard[];
  /** What an ordinary link is like. */
  network: LinkWords;
  /** Every client, in order. */
  clients: ClientCard[];
  /** The highest slot that any node has. */
  last_slot: number;
  /** The first broken promise, if any was. */
  violation?: ViolationCard;
  /** The names of all that were broken. */
  broken: string[];
  /** Where this moment stands in what is kept of the run. */
  past: Past;
}

/** Where in a run something happened. */
export interface RunPlace {
  /** After how many steps. */
  steps: number;
  /** When. */
  at: Time;
}

/** One request of a client, with all its retries. */
export interface Asked {
  client: ClientId;
  /** What was asked: `put a val_1`. */
  text: string;
  /** The answer in words, or `unknown` where the cluster has given the request up; none where there is none yet. */
  answer?: string;
  /** Whether it was carried out, where that is known. */
  ok?: boolean;
  /** The number of its call among all calls and answers of the run. */
  call: number;
  /** The number of its answer; none where the outcome is unknown. */
  returned?: number;
  /** Where in the run it was asked. */
  asked: RunPlace;
  /** Where in the run it was answered. */
  ended?: RunPlace;
}

/** What is found of the requests about one key; requests are told by their places among all. */
export interface Judged {
  key: string;
  /** What was asked about it. */
  requests: number[];
  verdict: 'linearizable' | 'refused' | 'undecided';
  /** An order that explains all answers, where there is one; of requests of unknown outcome those that took effect. */
  order: number[];
  /** Those that no order explains, where there are such: without any one of them the others can be. */
  stretch: number[];
  /** Why no order explains them, in a sentence. */
  why?: string;
}

/** What clients asked and were answered up to a moment, and what is found of it for each key. */
export interface Judgement {
  /** The moment. */
  now: RunPlace;
  /** Every request, in the order in which they were asked. */
  requests: Asked[];
  keys: Judged[];
  /** Why nobody has promised that it is linearizable, as the cluster is configured; none where that is promised. */
  forgone?: string;
}
