import { NO_CHROMIUM } from '../../../fixtures/pages/chromium';
import { describeUnless } from '../../../fixtures/runs/left-out';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';
import { COLOR_SCHEMES, NAMES, ShownPages, WIDTHS } from './shown-pages';

describeUnless(NO_CHROMIUM)('the pages of the consent site on each width', () => {
  const folder = temporaryFolder();
  let shown: ShownPages;
  beforeAll(async () => (shown = await ShownPages.start(folder)));
  afterEach(() => expect(shown.complaints.splice(0)).toEqual([]));
  afterAll(() => shown[Symbol.asyncDispose]());

  it.each(NAMES)('axe finds nothing on the page "%s", on each width, in light and dark', async (name) => {
    await shown.open(name);
    const findings: string[] = [];
    for (const colorScheme of COLOR_SCHEMES) {
      for (const width of WIDTHS) {
        findings.push(...(await shown.findings(colorScheme, width)));
      }
    }
    expect(findings).toEqual([]);
  });
});
