import { framingAttacks } from '../../../fixtures/wire-attacks/framing-attacks';
import { ALLOWED } from './attacked-proxy';
import { type Attack, get, NOTHING, variants } from './attack';

const SENT = framingAttacks(ALLOWED);

/** The attacks whose answer is not 400, or of which something passes. */
const OTHERS: Partial<Record<keyof typeof SENT, readonly [answer: string, upstream: string]>> = {
  'a transfer coding that is not chunked': ['501', NOTHING],
  'extensions of chunks, which are dropped': ['204', 'POST /v1/messages'],
  'a trailer about identity or address, which is dropped': ['204', 'POST /v1/messages'],
  'a request as the body of a GET': ['204', 'GET /v1/people/me'],
};

/** Disagreements about the end of a request, by which a second one could hide in the first one. */
export const FRAMING: readonly Attack[] = [
  ...(Object.keys(SENT) as (keyof typeof SENT)[]).flatMap((attack) =>
    variants(attack, SENT[attack], ...(OTHERS[attack] ?? (['400', NOTHING] as const))),
  ),
  ...variants(
    'a second request that no rule allows',
    [get('/v1/people/me') + ALLOWED.hidden],
    '204 403',
    'GET /v1/people/me',
  ),
];
