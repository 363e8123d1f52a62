import { oneLine } from '#core';
import { Document } from 'yaml';

/** An object of Kubernetes, as `kubectl apply` takes it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export interface Manifest {
  readonly object: KubernetesObject;
  /** Said above it, a line each. @default - nothing */
  readonly comment?: readonly string[];
}

/** A file of them. @param header said above all of them, a line each */
export function manifestFile(header: readonly string[], manifests: readonly Manifest[]): string {
  const documents = manifests.map(({ object, comment = [] }) => {
    const document = new Document(object, { aliasDuplicateObjects: false });
    if (document.contents !== null) {
      document.contents.commentBefore = comment.map((line) => ` ${onItsLine(line)}`).join('\n');
    }
    // What is long is not folded, as people search for it.
    return withEscapes(document.toString({ lineWidth: 0 }));
  });
  return `${header.map((line) => `# ${onItsLine(line)}\n`).join('')}---\n${documents.join('---\n')}`;
}

/** What is told may have a name in it, and a name a line break. What is set in at the left stays so. */
function onItsLine(line: string): string {
  return `${/^ */.exec(line)?.[0] ?? ''}${oneLine(line)}`;
}

/** Of control characters that yaml writes as they are, always in double quotes, though YAML has no room for them. */
function withEscapes(document: string): string {
  return document.replace(/[\u007f-\u009f]/g, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`);
}
