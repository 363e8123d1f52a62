import { basename } from 'node:path';
import type { SealDeclaration } from '../../lib/declaration/schema/server/seal-declaration';

/** Returns the same seal, with its key files in a folder of the server's container. */
export function mountedSeal<Seal extends SealDeclaration>(seal: Seal | undefined, folder: string): Seal | undefined {
  if (seal?.type !== 'static') {
    return seal;
  }
  const inContainer = (file: string): string => `${folder}/${basename(file)}`;
  const { currentKeyFile, previousKeyFile } = seal;
  return {
    ...seal,
    currentKeyFile: inContainer(currentKeyFile),
    previousKeyFile: previousKeyFile && inContainer(previousKeyFile),
  };
}

/** @returns the stanzas of a seal and of its plugin, for the server's configuration */
export function sealStanzas(seal: SealDeclaration): Readonly<Record<string, unknown>> {
  switch (seal.type) {
    case 'static': {
      const { type, currentKeyFile, previousKeyFile, ...names } = seal;
      return stanza(type, {
        ...names,
        currentKey: `file://${currentKeyFile}`,
        previousKey: previousKeyFile && `file://${previousKeyFile}`,
      });
    }
    case 'transit': {
      const { type, ...settings } = seal;
      return stanza(type, settings);
    }
    default: {
      const { type, pluginCommand: command, pluginSha256: sha256sum, ...settings } = seal;
      return {
        ...stanza(type, settings),
        ...(command === undefined ? {} : { plugin: [{ kms: { [type]: { command, sha256sum } } }] }),
      };
    }
  }
}

/** Converts settings to the configuration's form: names in snake case, and each value as a text. */
function stanza(type: string, settings: object): { readonly seal: readonly object[] } {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { seal: [{ [type]: Object.fromEntries(given.map(([name, value]) => [snakeCase(name), String(value)])) }] };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
