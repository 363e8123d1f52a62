import type { z } from 'zod';
import { ExplainedError, quotedList } from '#core';

/**
 * How the server's root key is kept while the server is down. Without one of these it is Shamir's: people unseal it.
 *
 * A seal never carries a secret: the configuration is mounted, printed and kept in Terraform's state.
 */
export abstract class Seal {
  /** Its stanza in the server's configuration. */
  readonly stanza: Readonly<Record<string, string>>;
  /** Servers that know it. */
  readonly products: readonly ('openbao' | 'vault')[] = ['openbao', 'vault'];
  /** OpenBao's KMS plugin that provides it. */
  readonly plugin?: { readonly command: string; readonly sha256sum: string };

  /**
   * @param type the server's name for it
   * @param fields its settings, named as in the server's configuration but in camelCase; its type may be among them
   * @param given what is set of them
   * @param secrets settings that are secrets, each with the environment variable of the server that is used instead
   * @throws ExplainedError where one is missing, unknown or a secret
   */
  protected constructor(
    readonly type: string,
    fields: Readonly<Record<string, z.ZodType>>,
    given: object,
    secrets: Readonly<Record<string, string>> = {},
  ) {
    const settings = Object.entries(given)
      .filter(([name, value]) => name !== 'type' && value !== undefined)
      .map(([name, value]) => [snakeCase(name), String(value)] as const);
    const names = Object.keys(fields).filter((name) => name !== 'type');
    const known = names.map(snakeCase);
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
    const required = names.filter((name) => fields[name]?.safeParse(undefined).success === false);
    const missing = required
      .map(snakeCase)
      .filter((name) => !settings.some(([found, value]) => found === name && value !== ''));
    if (missing.length > 0) {
      throw new ExplainedError(`seal "${type}" needs ${quotedList(missing)}, got nothing; add what is missing`);
    }
    this.stanza = Object.fromEntries(settings);
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
