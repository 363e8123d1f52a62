import { basename } from 'node:path';
import { ExplainedError } from '#core';
import { lastLine, run } from '../../lib/processes/child-process';
import { imageDigest } from '../image-digest';
import { dockerBuild, type ImageContext } from '../images/image-context';

export interface PublishableImage {
  /** Such as `registry.example.com/owner/webex-token-vault:1.0.0`. */
  readonly tag: string;
  /** A context for each platform. */
  readonly contexts: readonly ImageContext[];
  readonly version: string;
  /** Address of the repository. */
  readonly source: string;
  /** Commit of the repository. */
  readonly revision: string;
  /** @default - the pinned base of the Dockerfile */
  readonly base?: string;
}

export interface PublishedImage {
  /** With its digest. */
  readonly reference: string;
  /** Unpacked, for the last of the platforms. */
  readonly bytes: number;
}

/**
 * Builds and pushes an image for each platform, and a list of them under one tag. An existing tag stays, so an
 * interrupted release can be run again.
 *
 * @throws ExplainedError if Docker refuses a step
 */
export async function publishImage(image: PublishableImage): Promise<PublishedImage> {
  const { tag, contexts, ...build } = image;
  const digest = await imageDigest(tag).catch(() => undefined);
  if (digest !== undefined) {
    return { reference: `${tag}@${digest}`, bytes: 0 };
  }
  const parts: string[] = [];
  let bytes = 0;
  for (const context of contexts) {
    const part = `${tag}-${basename(context.platform ?? 'all')}`;
    await docker(...dockerBuild(context, { ...build, tag: part }));
    await docker('push', part);
    bytes = Number(await docker('image', 'inspect', '--format', '{{.Size}}', part));
    await docker('image', 'rm', part);
    parts.push(part);
  }
  // Docker takes a registry on loopback without TLS, except for lists.
  await docker('manifest', 'create', '--insecure', '--amend', tag, ...parts);
  const list = await docker('manifest', 'push', '--insecure', '--purge', tag);
  const pushed = /sha256:[0-9a-f]{64}/.exec(list)?.[0];
  if (pushed === undefined) {
    throw new ExplainedError(
      `"docker manifest push" printed no digest of ${tag}, but "${lastLine(list)}"; run it by hand`,
    );
  }
  return { reference: `${tag}@${pushed}`, bytes };
}

async function docker(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run('docker', args);
  if (exitCode !== 0) {
    throw new ExplainedError(
      `"docker ${args[0]}" said "${lastLine(stderr) || lastLine(stdout)}"; correct that, and run the same command again`,
    );
  }
  return stdout.trim();
}
