/*
 * How figures are written, on the terminal and on the page.
 */

export const UNKNOWN = '–';

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat('en-GB', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});

/** `1,234`; minutes as hours: `206 h`. */
export function formatFigure(value: number | undefined, unit?: 'minutes'): string {
  if (value === undefined) {
    return UNKNOWN;
  }
  return unit === 'minutes' ? `${whole.format(value / 60)} h` : whole.format(value);
}

/** Part by which a figure has changed: 0.05 is 5 % more. Unknown where there was nothing to compare with. */
export function change(current: number | undefined, previous: number | undefined): number | undefined {
  return current === undefined || previous === undefined || previous === 0 ? undefined : current / previous - 1;
}

/** `+5.2%`, with the sign for minus that is as wide as the one for plus. */
export function formatChange(part: number | undefined): string {
  return part === undefined ? UNKNOWN : percent.format(part).replace('-', '−');
}
