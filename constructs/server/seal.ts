import { ExplainedError, quotedList } from 'webex-token-client/core';

/** What a seal knows of its settings, by their names in the server's configuration. */
interface SealSettings {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Settings that are secrets, each with the environment variable of the server that is used instead. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/**
 * How the server's root key is kept while the server is down. Without one of these it is Shamir's: people unseal it.
 *
 * A seal never carries a secret: the configuration is mounted, printed and kept in Terraform's state.
 */
export abstract class Seal {
  /** Its stanza in the server's configuration. */
  readonly stanza: Readonly<Record<string, string>>;
  /** Servers that know it. */
  readonly flavours: readonly ('openbao' | 'vault')[] = ['openbao', 'vault'];
  /** OpenBao's KMS plugin that provides it. */
  readonly plugin?: { readonly command: string; readonly sha256sum: string };

  /**
   * @param type the server's name for it
   * @param given its props, named as in the configuration but in camelCase
   * @throws ExplainedError where one is missing, unknown or a secret
   */
  protected constructor(
    readonly type: string,
    given: object,
    { required, optional, secrets = {} }: SealSettings,
  ) {
    const settings = Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [snakeCase(name), String(value)] as const);
    const known = [...required, ...optional];
    for (const [name] of settings) {
      const variable = secrets[name];
      if (variable !== undefined) {
        throw new ExplainedError(
          `seal "${type}" must not carry ${name}, which would be in the configuration and in Terraform's state for all to read; leave it out and set ${variable} in the environment of the server`,
        );
      }
      if (!known.includes(name)) {
        throw new ExplainedError(`seal "${type}" has no setting "${name}"; it has ${quotedList(known)}`);
      }
    }
    const missing = required.filter((name) => !settings.some(([given, value]) => given === name && value !== ''));
    if (missing.length > 0) {
      throw new ExplainedError(`seal "${type}" needs ${quotedList(missing)}, got nothing; add what is missing`);
    }
    this.stanza = Object.fromEntries(settings);
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
