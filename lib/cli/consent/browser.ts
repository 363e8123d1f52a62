import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { markup } from '../../browser/markup';
import { withoutSecrets } from '../../processes/child-process';

/** Package `open` gives a browser the environment of the process that it runs in. */
const OPENER = `
const fail = () => { process.exitCode = 1; };
import(process.argv[1]).then(({ default: open }) => open(process.argv[2])).then((browser) => {
  browser.ref();
  browser.once('error', fail).once('exit', (code) => { process.exitCode = code ?? 1; });
}).catch(fail);
`;

/**
 * Opens a page in the browser, by a private file that redirects there. Every user of the machine can read the arguments of a
 * process, and a reader of the `state` of a consent could answer it with another code.
 *
 * @param over its abort deletes the file
 * @param onFailure called, perhaps later, if no browser shows the page
 */
export function openInBrowser(url: string, over: AbortSignal, onFailure: () => void): void {
  if (over.aborted) {
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'webex-token-vault-'));
  over.addEventListener('abort', () => rmSync(folder, { recursive: true, force: true }), { once: true });
  try {
    const file = join(folder, 'open.html');
    writeFileSync(file, redirectingPage(url), { mode: 0o600 });
    const opener = pathToFileURL(require.resolve('open')).href;
    const browser = spawn(process.execPath, ['--eval', OPENER, opener, pathToFileURL(file).href], {
      env: withoutSecrets(),
      stdio: 'ignore',
      detached: true,
    });
    browser.once('error', onFailure).once('exit', (code) => {
      if (code !== 0 && !over.aborted) {
        onFailure();
      }
    });
    browser.unref();
  } catch {
    onFailure();
  }
}

/** A page that redirects without a script. Its link is for a browser that does not follow the redirect. */
function redirectingPage(url: string): string {
  const target = new URL(url).href;
  return markup`<!doctype html>
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
`.text;
}
