import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Opens a page in the browser, by a private file that leads there: every user of the machine can read the arguments of
 * a process, and whoever reads the `state` of a consent can answer it with a code of their own.
 *
 * @param over the file is deleted when it is aborted
 * @param onFailure called where no browser shows the page, which may be known only later
 */
export async function openInBrowser(url: string, over: AbortSignal, onFailure: () => void): Promise<void> {
  if (over.aborted) {
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'webex-token-vault-'));
  over.addEventListener('abort', () => rmSync(folder, { recursive: true, force: true }), { once: true });
  try {
    const file = join(folder, 'open.html');
    writeFileSync(file, redirectingPage(url), { mode: 0o600 });
    const { default: open } = await import('open');
    const browser: ChildProcess = await open(pathToFileURL(file).href);
    browser.once('error', onFailure).once('exit', (code) => {
      if (code !== 0 && !over.aborted) {
        onFailure();
      }
    });
  } catch {
    onFailure();
  }
}

/** Without a script, so that every browser obeys it; the link is for one that does not. */
function redirectingPage(url: string): string {
  // Quotes and angle brackets are percent-encoded in it.
  const target = new URL(url).href.replaceAll('&', '&amp;');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${target}">
<title>Continue</title>
</head>
<body>
<p><a href="${target}" rel="noreferrer">Continue</a></p>
</body>
</html>
`;
}
