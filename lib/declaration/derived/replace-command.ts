import { commandLine } from '#core';
import type { Credential, Deployment } from '../schema/deployment';
import { findIntegration } from './by-name';
import { consentSite } from './consent-site';

/** Command that replaces a grant that still works. */
export function replaceCommand(
  deployment: Deployment,
  { name, integration, serviceApp }: Pick<Credential, 'name' | 'integration' | 'serviceApp'>,
): string {
  const isByPkce = serviceApp === undefined && consentSite(findIntegration(deployment, integration)) === undefined;
  return commandLine('authorize', name, ...(isByPkce ? ['--pkce'] : []), '--replace');
}
