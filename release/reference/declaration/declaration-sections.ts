/** A part of the page: fields with a common beginning of their paths. */
export interface DeclarationSection {
  readonly title: string;
  /** Text before the first field. @default - none: the first field describes the section */
  readonly intro?: string;
  /** Beginning of the paths. A field belongs to the section with the longest one. */
  readonly prefix: string;
}

export const DECLARATION_SECTIONS: readonly DeclarationSection[] = [
  {
    title: 'Fields of vault',
    prefix: 'vault',
    intro: 'The server that has the engine. It exists already (`address`), or stack `vault-server` runs it (`server`).',
  },
  {
    title: 'Fields of a dev server',
    prefix: 'vault.server(dev)',
    intro: 'A server in memory, unsealed, with plain HTTP. It is for trials: a restart loses all grants.',
  },
  {
    title: 'Fields of a production server',
    prefix: 'vault.server(production)',
    intro:
      'A server in containers of one Docker host. It has its data on disk, a seal and TLS. Paths are paths on the Docker host. A relative path starts from the folder of the declaring file.',
  },
  {
    title: 'Fields of a server on Kubernetes',
    prefix: 'vault.server(kubernetes)',
    intro:
      'A server of three or five nodes, which the official Helm chart runs. Names are names of objects in its namespace.',
  },
  {
    title: 'Fields of a seal',
    prefix: 'seal',
    intro:
      'The seal of a production server or of a server on Kubernetes. Field `type` selects its kind. No field holds a secret. The server reads a secret from a file, from its environment, or gets it by the identity of its machine.',
  },
  { title: 'Fields of webex', prefix: 'webex' },
  {
    title: 'Fields of engine',
    prefix: 'engine',
    intro: 'The engine: the oauthapp plugin, mounted in Vault. Its defaults never lose a grant.',
  },
  { title: 'Fields of integrations', prefix: 'integrations' },
  { title: 'Fields of credentials', prefix: 'credentials' },
  { title: 'Fields of apps', prefix: 'apps' },
  {
    title: 'Fields of appRole',
    prefix: 'appRole',
  },
  {
    title: "Fields of an app's identity",
    prefix: 'apps[].identity',
    intro:
      'An identity that an app has already: a token of an issuer, or a certificate. Such an app needs no secret id.',
  },
  {
    title: 'Fields of operators',
    prefix: 'operators',
  },
  { title: 'Field manageProvisioner', prefix: 'manageProvisioner' },
  { title: 'Fields of backend', prefix: 'backend' },
];

/** @returns the section of a field */
export function sectionOf(path: string): DeclarationSection | undefined {
  return DECLARATION_SECTIONS.filter(({ prefix }) => belongsTo(path, prefix)).sort(
    (a, b) => b.prefix.length - a.prefix.length,
  )[0];
}

function belongsTo(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && !/^\w/.test(path.slice(prefix.length));
}
