import { oneLine } from '#core';
import { Document } from 'yaml';

/** An object of Kubernetes, as `kubectl apply` takes it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: object;
}

export interface Manifest {
  readonly object: KubernetesObject;
  /** Lines above it. @default - none */
  readonly comment?: readonly string[];
}

/** @param header lines above all manifests */
export function manifestFile(header: readonly string[], manifests: readonly Manifest[]): string {
  const documents = manifests.map(({ object, comment = [] }) => {
    const document = new Document(object, { aliasDuplicateObjects: false });
    if (document.contents !== null) {
      document.contents.commentBefore = comment.map((line) => ` ${onItsLine(line)}`).join('\n');
    }
    // Long lines are not folded, so that people can search for them.
    return withEscapes(document.toString({ lineWidth: 0 }));
  });
  return `${header.map((line) => `# ${onItsLine(line)}\n`).join('')}---\n${documents.join('---\n')}`;
}

/** A line may contain a name, and a name a line break. The indentation stays. */
function onItsLine(line: string): string {
  return `${/^ */.exec(line)?.[0] ?? ''}${oneLine(line)}`;
}

/** Escapes control characters that YAML does not allow, and that `yaml` writes as they are, in double quotes. */
function withEscapes(document: string): string {
  return document.replace(/[\u007f-\u009f]/g, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`);
}
