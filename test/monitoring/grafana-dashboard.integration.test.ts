import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';

/* Checks the dashboard with Grafana's own types, because no Grafana is available here. */

const text = readFileSync(resolve(__dirname, '../../monitoring/grafana-dashboard.json'), 'utf8');

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource: unknown;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly options: unknown;
}
const { panels } = JSON.parse(text) as { panels: readonly Panel[] };

/** Grafana's type file with the options of each used panel type. */
const OPTIONS: Readonly<Record<string, string>> = {
  stat: 'stat/panelcfg/x/StatPanelCfg_types.gen',
  table: 'table/panelcfg/x/TablePanelCfg_types.gen',
  timeseries: 'timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen',
  'state-timeline': 'statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen',
};

/** JSON represents an enum member as its text. */
const JSON_TYPE = `type Json<T> = T extends string ? \`\${T}\` : T extends readonly (infer U)[] ? Json<U>[]
  : T extends object ? { [K in keyof T]: Json<T[K]> } : T;`;

/** Parsed files of the compiler and of Grafana, which all checked programs share. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** The compiler's errors about a source, which can use `Json<...>`. */
function problems(source: string): string[] {
  const file = resolve(__dirname, 'dashboard-in-types.ts');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  const all = `${JSON_TYPE}\n${source}`;
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...how) => {
    if (name === file || !parsed.has(name)) {
      parsed.set(name, getSourceFile(name, ...how));
    }
    return parsed.get(name);
  };
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? all : readFile(name));
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const IMPORT = `import type { Dashboard } from '@grafana/schema';`;
const asDashboard = (name: string, dashboard: string): string =>
  `export const ${name}: Json<Dashboard> = ${dashboard};`;

it("the dashboard and the options of its panels match Grafana's types", () => {
  const nameOf = (type: string): string => type.replace('-', '');
  const types = Object.entries(OPTIONS).map(
    ([type, path]) =>
      `import type { Options as ${nameOf(type)} } from '@grafana/schema/dist/esm/raw/composable/${path}';`,
  );
  const values = panels.map(
    ({ id, type, options }) => `export const panel${id}: Json<${nameOf(type)}> = ${JSON.stringify(options)};`,
  );
  expect(Object.keys(OPTIONS)).toEqual(expect.arrayContaining(panels.map(({ type }) => type)));
  expect(problems([IMPORT, ...types, asDashboard('it', text), ...values].join('\n'))).toEqual([]);
});

it('the check finds an unknown field and an unknown value', () => {
  const unknownField = text.replace('"gridPos"', '"gridPosition"');
  const unknownText = text.replace('"mode": "absolute"', '"mode": "relative"');
  const source = [IMPORT, asDashboard('one', unknownField), asDashboard('another', unknownText)].join('\n');
  expect(problems(source)).toEqual([expect.stringContaining('gridPosition'), expect.stringContaining('"relative"')]);
});

it('the dashboard uses the data source that its importer chooses', () => {
  const sources = [...text.matchAll(/"uid": "([^"]*)"/g)].map(([, uid]) => uid);
  expect(new Set(sources)).toEqual(new Set(['${datasource}', 'webex-token-vault']));
});

it('the panels have different ids and do not overlap', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...panels.map(({ gridPos }) => gridPos.x + gridPos.w))).toBe(24);
});
