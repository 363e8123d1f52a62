import fc from 'fast-check';
import { consentCommand } from '../../../fixtures/modelled-consent/consent-command';
import { ADA, BLAKE, ConsentSystem, CREDENTIALS } from '../../../fixtures/modelled-consent/consent-system';
import { refresh, revoke } from '../../../fixtures/modelled-consent/grant-commands';
import { KnownGrants } from '../../../fixtures/modelled-consent/known-grants';
import {
  CRASH,
  crashInRefresh,
  fallsDue,
  KEPT,
  OUTAGE_ENDS,
  outageBegins,
  OUTAGES,
  passwordChanges,
  RESTORED,
} from '../../../fixtures/modelled-consent/trouble';
import { property } from '../../../fixtures/arbitrary/property';

let system: ConsentSystem;

beforeAll(async () => (system = await ConsentSystem.start()));

afterAll(() => system[Symbol.asyncDispose]());

const names = fc.constantFrom(...CREDENTIALS);
const people = fc.constantFrom(ADA, ADA, ADA, BLAKE);
const consent = fc.record({
  as: people,
  denies: fc.constantFrom(false, false, false, true),
  lacks: fc.constantFrom(false, false, true),
});
const asked = fc.record({
  name: names,
  way: fc.constantFrom('code', 'code', 'pkce', 'import'),
  replace: fc.constantFrom(true, true, false),
  consent,
  lost: fc.constantFrom(undefined, undefined, undefined, 'answer', 'request', 'answered by another', 'crash'),
});
const ADAS = { as: ADA, denies: false, lacks: false };

const consents = asked.map(consentCommand);

const steps = fc.commands(
  [
    consents,
    consents,
    consents,
    names.map(refresh),
    fc.tuple(names, fc.boolean()).map(([name, vaultOnly]) => revoke(name, vaultOnly)),
    fc.constantFrom(...OUTAGES).map(outageBegins),
    fc.constant(OUTAGE_ENDS),
    names.map(fallsDue),
    people.map(passwordChanges),
    fc.constant(CRASH),
    fc.tuple(names, fc.constantFrom('before', 'after')).map(([name, when]) => crashInRefresh(name, when)),
    fc.constant(KEPT),
    fc.constant(RESTORED),
  ],
  { maxCommands: 12, size: 'max' },
);

property(
  'a working grant is lost only in the ways that the documents name',
  fc.record({ refresh: fc.constantFrom('rotate', 'renew', 'keep', 'omit'), steps }),
  async ({ refresh: behavior, steps }) => {
    await system.reset(behavior);
    const known = new KnownGrants(behavior);
    // The events need two grants to act on.
    for (const name of ['owned', 'anybody'] as const) {
      await consentCommand({ name, way: 'pkce', replace: false, consent: ADAS }).run(known, system);
    }
    await fc.asyncModelRun(() => ({ model: known, real: system }), steps);
    // Each grant can be refreshed at the end, or is known to be lost.
    await OUTAGE_ENDS.run(known, system);
    for (const name of CREDENTIALS) {
      await refresh(name).run(known, system);
    }
  },
  { costs: 50 },
);
