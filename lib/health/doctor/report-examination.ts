import { findIntegration } from '../../declaration/derived/by-name';
import type { Deployment } from '../../declaration/schema/deployment';
import { isServiceApp } from '../../declaration/schema/credential-declaration';
import type { ServerProgramName } from '../../vault/vault-client';
import type { InsideReport } from '../looks/look';
import { engineAdvice } from './engine-advice';
import type { Advice, Examination } from './examination';
import { checkIntegration } from './integration-check';
import { askerNotes, endlessSecretIds, lineAdvice, requireSound } from './line-checks';
import { requireReads, type PoliciesInVault } from './policies-in-vault';
import { unexpectedReaders } from './unexpected-readers';
import { checkWebexClient } from './webex-check';

/** Findings inside of Vault, and at Webex. */
export interface Examined {
  readonly deployment: Deployment;
  readonly report: InsideReport;
  readonly policies: PoliciesInVault;
  /** Program of the server's product, for the commands that are shown. */
  readonly program: ServerProgramName;
  /** Finding at Webex, in words, or the error if Webex cannot be reached. @default - Webex is not to be asked */
  readonly webex?: string | Error;
  readonly signal: AbortSignal;
}

const EXTRAS: readonly ((seen: Examined) => readonly Advice[])[] = [
  ({ report, deployment }) => engineAdvice(report.engine, deployment),
  ({ policies, deployment, program }) => unexpectedReaders(deployment, policies, program),
  ({ report }) => lineAdvice('credential', report.credentials),
  ({ deployment }) => askerNotes(deployment.credentials),
  ({ report }) => lineAdvice('app', report.apps),
  ({ report }) => lineAdvice('operator', report.operators),
  ({ report }) => endlessSecretIds(report.apps, report.operators),
  ({ report }) => lineAdvice('backup', report.backup === undefined ? [] : [report.backup]),
  ({ report }) => lineAdvice('people', report.people === undefined ? [] : [report.people]),
];

/** Checks of one look, in the order of their dependencies. @throws ExaminationEnded */
export async function examineReport(examination: Examination, seen: Examined): Promise<void> {
  const { deployment, report, policies, webex, signal } = seen;
  const { integrations, credentials, apps, operators, people } = report;
  examination.advise(...EXTRAS.flatMap((extra) => extra(seen)));
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
