import { deployCommand } from '../../declaration/deploy-command';
import { declaringFile } from '../../declaration/deployment-file';
import { findIntegration } from '../../declaration/derived/by-name';
import { integrationEntry } from '../../declaration/derived/integration-entry';
import type { Deployment, Integration } from '../../declaration/schema/deployment';
import { isServiceApp } from '../../declaration/schema/credential-declaration';
import type { InsideReport } from '../looks/look';
import type { IntegrationLine } from '../report';
import { engineAdvice } from './engine-advice';
import { Problem, type Examination } from './examination';
import { askerNotes, endlessSecretIds, lineAdvice, requireSound } from './line-checks';
import { requireReads } from './policies-in-vault';
import { unexpectedReaders, type SeenPolicies } from './unexpected-readers';
import { checkWebexClient } from './webex-check';

/** Findings inside of Vault, and at Webex. */
export interface Examined extends SeenPolicies {
  readonly report: InsideReport;
  /** Finding at Webex, in words, or the error if Webex cannot be reached. @default - Webex is not to be asked */
  readonly webex?: string | Error;
  readonly signal: AbortSignal;
}

/** Checks of one look, in the order of their dependencies. @throws ExaminationEnded */
export async function examineReport(examination: Examination, seen: Examined): Promise<void> {
  const { deployment, report, policies, webex, signal } = seen;
  const { engine, integrations, credentials, apps, operators, people, backup } = report;
  examination.advise(
    ...engineAdvice(engine, deployment),
    ...unexpectedReaders(seen),
    ...lineAdvice('credential', credentials),
    ...askerNotes(deployment.credentials),
    ...lineAdvice('app', apps),
    ...lineAdvice('operator', operators),
    ...endlessSecretIds(apps, operators),
    ...(backup === undefined ? [] : lineAdvice('backup', [backup])),
    ...(people === undefined ? [] : lineAdvice('people', [people])),
  );
  for (const line of integrations) {
    const integration = findIntegration(deployment, line.name);
    await examination.check(`integration ${line.name}`, () => checkIntegration(deployment, integration, line));
  }
  if (webex !== undefined) {
    await examination.check('Webex', () => {
      if (webex instanceof Error) {
        throw webex;
      }
      return webex;
    });
    for (const { name, entry } of integrations) {
      const own = deployment.credentials.filter(({ integration }) => integration === name);
      // A Service App has no redirect URL, and nobody consents to it in a browser.
      if (entry !== undefined && !own.some(isServiceApp)) {
        const integration = findIntegration(deployment, name);
        await examination.check(`client of ${name}`, () =>
          checkWebexClient(deployment, { ...integration, clientId: entry.clientId }, own, signal),
        );
      }
    }
  }
  await examination.check('credentials', () => requireSound('credential', credentials));
  await examination.check('apps', () => {
    apps.forEach(({ name }) => requireReads(deployment, policies, name));
    return requireSound('app', apps);
  });
  await examination.check('operators', () => requireSound('operator', operators));
  if (people !== undefined) {
    // The login of people is checked last, because operators can still log in by AppRole.
    await examination.check('people', () => requireSound('people', [people]));
  }
}

/**
 * Compares the entry of the engine with the declaration. The engine keeps no redirect URL: each consent sends one.
 *
 * @throws Problem if the entry is missing, refused by Webex, or differs from the declaration
 */
function checkIntegration({ webex }: Deployment, { clientId }: Integration, line: IntegrationLine): string {
  const deploy = deployCommand();
  const { state, detail, entry } = line;
  if (state === 'missing' && clientId === undefined) {
    throw new Problem(detail, `declare its clientId in ${declaringFile()}, then: ${deploy}`);
  }
  if (entry !== undefined) {
    if (clientId !== undefined && clientId !== entry.clientId) {
      throw new Problem(`Vault has client id "${entry.clientId}", and "${clientId}" is declared`, deploy);
    }
    const declared = integrationEntry(entry.clientId, webex.apiUrl).provider_options;
    for (const [option, value] of Object.entries(declared)) {
      const got = entry.providerOptions[option];
      if (got !== value) {
        throw new Problem(`its ${option} in Vault is ${got ?? 'not set'}, and ${value} is declared`, deploy);
      }
    }
  }
  const found = requireSound('integration', [line]);
  return clientId === undefined ? `${found}; no client id is set here to compare it with` : `${found}, as declared`;
}
