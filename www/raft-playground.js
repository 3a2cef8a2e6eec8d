// Registers <raft-playground>. The class is in element.js, so that somebody can register it under another name.

import { RaftPlayground } from './element.js';

if (!customElements.get('raft-playground')) customElements.define('raft-playground', RaftPlayground);
