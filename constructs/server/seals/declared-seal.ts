import type { SealDeclaration } from '../../../lib/declaration/schema/server/seal-declaration';
import { KmsSeal } from './kms-seal';
import type { Seal } from './seal';
import { StaticSeal } from './static-seal';
import { TransitSeal } from './transit-seal';

/** @param inContainer path of a file of its key, as the server sees it */
export function declaredSeal(seal: SealDeclaration, inContainer: (file: string) => string): Seal {
  switch (seal.type) {
    case 'static': {
      const place = (file: string): string => `file://${inContainer(file)}`;
      const { currentKeyId, currentKeyFile, previousKeyId, previousKeyFile } = seal;
      return new StaticSeal({
        currentKeyId,
        currentKey: place(currentKeyFile),
        previousKeyId,
        previousKey: previousKeyFile && place(previousKeyFile),
      });
    }
    case 'transit':
      return new TransitSeal(seal);
    default:
      return new KmsSeal(seal);
  }
}
