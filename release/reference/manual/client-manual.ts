import { HELP } from '../../../client/src/command/help';
import type { Manual } from './manual';

/** The manual of webex-token, from the help of the program. */
export const CLIENT_MANUAL: Manual = {
  program: 'webex-token',
  summary: HELP.summary,
  synopsis: HELP.usage,
  sections: [
    { title: 'Description', blocks: HELP.details.map((text) => ({ kind: 'text', text })) },
    { title: 'Options', blocks: [{ kind: 'rows', rows: HELP.options }] },
    { title: 'Environment', blocks: [{ kind: 'rows', rows: HELP.environment }] },
    { title: 'Exit codes', blocks: [{ kind: 'rows', rows: HELP.exitCodes }] },
    { title: 'Examples', blocks: [{ kind: 'examples', rows: HELP.examples }] },
  ],
};
