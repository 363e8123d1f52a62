import type { WaitingOrganization } from './waiting-organizations';

/** A change of the declaration, for the person who edits it. */
export interface DeclarationStep {
  readonly words: string;
  /** Text to copy, which fits a declaration in TypeScript and in YAML. @default - nothing is added */
  readonly entry?: string;
}

/** The step that ends the waiting of an organization. */
export function declarationStep(organization: WaitingOrganization): DeclarationStep {
  if (organization.change === 'went') {
    return {
      words: `Remove credential "${organization.credential}", or have the organization authorize the app again`,
    };
  }
  const { family, applicationId, organizationId } = organization;
  const id = JSON.stringify(organizationId);
  return family === undefined
    ? {
        words: 'Declare a credential of the Service App with',
        entry: `serviceApp: { id: ${JSON.stringify(applicationId)}, organizationId: ${id}, requestedBy: "NAME" }`,
      }
    : { words: `Add to the organizations of "${family}"`, entry: `{ name: "NAME", id: ${id} }` };
}

/** The same in one line, for the terminal. It names the organization and the Service App. */
export function organizationLine(organization: WaitingOrganization): string {
  const { change, organizationId, applicationId, integration } = organization;
  const app = integration === undefined ? `Service App ${applicationId}` : `the Service App of "${integration}"`;
  const what =
    change === 'came'
      ? `organization ${organizationId} authorized ${app}`
      : `organization ${organizationId} withdrew its authorization of ${app}, so the grant of "${organization.credential}" has ended`;
  const { words, entry } = declarationStep(organization);
  return `${what}; next: ${words.charAt(0).toLowerCase()}${words.slice(1)}${entry === undefined ? '' : ` ${entry}`}`;
}
