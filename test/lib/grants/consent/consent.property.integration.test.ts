import fc from 'fast-check';
import { ConsentCommand } from '../../../fixtures/modelled-consent/consent-command';
import { ADA, BLAKE, ConsentSystem, CREDENTIALS } from '../../../fixtures/modelled-consent/consent-system';
import { Refresh, Revoke } from '../../../fixtures/modelled-consent/grant-commands';
import { KnownGrants } from '../../../fixtures/modelled-consent/known-grants';
import {
  Crash,
  CrashInRefresh,
  FallsDue,
  Kept,
  OutageBegins,
  OutageEnds,
  OUTAGES,
  PasswordChanges,
  Restored,
} from '../../../fixtures/modelled-consent/trouble';
import { property } from '../../../fixtures/arbitrary/property';

let system: ConsentSystem;

beforeAll(async () => {
  system = await ConsentSystem.start();
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

const names = fc.constantFrom(...CREDENTIALS);
const people = fc.constantFrom(ADA, ADA, ADA, BLAKE);
const consent = fc.record({ as: people, denies: fc.constantFrom(false, false, false, true) });
const asked = fc.record({
  name: names,
  way: fc.constantFrom('code', 'code', 'pkce', 'import'),
  replace: fc.constantFrom(true, true, false),
  consent,
  lost: fc.constantFrom(undefined, undefined, undefined, 'answer', 'request', 'answered by another', 'crash'),
});
const ADAS = { as: ADA, denies: false };

const consents = asked.map((each) => new ConsentCommand(each));

const steps = fc.commands(
  [
    consents,
    consents,
    consents,
    names.map((name) => new Refresh(name)),
    fc.tuple(names, fc.boolean()).map(([name, vaultOnly]) => new Revoke(name, vaultOnly)),
    fc.constantFrom(...OUTAGES).map((outage) => new OutageBegins(outage)),
    fc.constant(new OutageEnds()),
    names.map((name) => new FallsDue(name)),
    people.map((person) => new PasswordChanges(person)),
    fc.constant(new Crash()),
    fc.tuple(names, fc.constantFrom('before', 'after')).map(([name, when]) => new CrashInRefresh(name, when)),
    fc.constant(new Kept()),
    fc.constant(new Restored()),
  ],
  { maxCommands: 12, size: 'max' },
);

property(
  'a working grant is lost only in the ways that the documents name',
  fc.record({ refresh: fc.constantFrom('rotate', 'renew', 'keep', 'omit'), steps }),
  async ({ refresh, steps }) => {
    await system.reset(refresh);
    const known = new KnownGrants(refresh);
    // The events need two grants to act on.
    for (const name of ['owned', 'anybody'] as const) {
      await new ConsentCommand({ name, way: 'pkce', replace: false, consent: ADAS }).run(known, system);
    }
    await fc.asyncModelRun(() => ({ model: known, real: system }), steps);
    // Each grant can be refreshed at the end, or is known to be lost.
    await new OutageEnds().run(known, system);
    for (const name of CREDENTIALS) {
      await new Refresh(name).run(known, system);
    }
  },
  { costs: 50 },
);
