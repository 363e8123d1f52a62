import * as echarts from 'echarts';
import { isWeekend } from './month';

/*
 * Charts as inline SVG without a style of their own: the page's style sheet gives the colors, so that one chart does
 * for dark and for light, and its content security policy needs no exception.
 */

/** Custom properties that the page's style sheet defines. */
const COLOR = {
  current: 'var(--current)',
  weekend: 'var(--weekend)',
  previous: 'var(--previous)',
  grid: 'var(--grid)',
  text: 'var(--muted)',
};

const FONT_SIZE_PX = 13;
const TEXT = { color: COLOR.text, fontSize: FONT_SIZE_PX };
const VALUE_AXIS = {
  type: 'value',
  minInterval: 1,
  splitNumber: 4,
  axisLabel: { ...TEXT, formatter: (value: number) => value.toLocaleString('en-GB') },
  splitLine: { lineStyle: { color: COLOR.grid } },
} as const;

/** Width of the drawing, which the page scales to fit. */
export type ChartWidth = 'wide' | 'half' | 'narrow';
const WIDTH_PX: Readonly<Record<ChartWidth, number>> = { wide: 900, half: 440, narrow: 330 };

/** Of what stands left of a bar, in as many lines as it takes. */
const LABEL_WIDTH_PX = 108;

export interface DayValue {
  readonly date: string;
  readonly value: number;
}

/** A bar for each day; weekends are paler. */
export function daysChart(days: readonly DayValue[], width: ChartWidth): string {
  return render(WIDTH_PX[width], width === 'narrow' ? 210 : 230, {
    grid: { left: 48, right: 4, top: 12, bottom: 26 },
    xAxis: {
      type: 'category',
      data: days.map(({ date }) => String(Number(date.slice(8)))),
      axisLabel: { ...TEXT, interval: width === 'narrow' ? 4 : 0 },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: COLOR.grid } },
    },
    yAxis: VALUE_AXIS,
    series: [
      {
        type: 'bar',
        barCategoryGap: '25%',
        data: days.map(({ date, value }) => ({
          value,
          itemStyle: { color: isWeekend(date) ? COLOR.weekend : COLOR.current, borderRadius: [2, 2, 0, 0] },
        })),
      },
    ],
  });
}

export interface Comparison {
  readonly label: string;
  readonly current: number;
  readonly previous: number;
}

/** Two bars for each label: this month over the month before. */
export function comparisonChart(rows: readonly Comparison[], width: ChartWidth): string {
  const bar = (key: 'current' | 'previous'): object => ({
    type: 'bar',
    barGap: '15%',
    barCategoryGap: '35%',
    itemStyle: { color: COLOR[key], borderRadius: [0, 2, 2, 0] },
    data: rows.map((row) => row[key]),
  });
  return render(WIDTH_PX[width], 34 + 46 * rows.length, {
    grid: { left: LABEL_WIDTH_PX + 10, right: 24, top: 4, bottom: 28 },
    xAxis: { ...VALUE_AXIS, splitNumber: width === 'narrow' ? 2 : 3 },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ label }) => label),
      axisLabel: { ...TEXT, width: LABEL_WIDTH_PX, overflow: 'break', lineHeight: 16 },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: COLOR.grid } },
    },
    series: [bar('current'), bar('previous')],
  });
}

function render(width: number, height: number, option: object): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, ...option });
    return withoutStyle(chart.renderToSVGString());
  } finally {
    // Its timers would keep the process alive.
    chart.dispose();
  }
}

/** Style attributes become attributes of SVG, and what is meant for a script goes. */
function withoutStyle(svg: string): string {
  return svg
    .replace(/<style[^]*?<\/style>/g, '')
    .replace(/ (?:class|ecmeta_\w+|pointer-events|baseProfile|version)="[^"]*"/g, '')
    .replace(/ style="([^"]*)"/g, (_, declarations: string) =>
      declarations
        .split(';')
        .filter((declaration) => declaration.includes(':') && !declaration.startsWith('font-family'))
        .map((declaration) => ` ${declaration.replace(/:\s*/, '="')}"`)
        .join(''),
    )
    .replace(/<rect [^>]*fill="none"><\/rect>\n?/, '')
    .replace(/^<svg width="\d+" height="\d+"/, '<svg');
}
