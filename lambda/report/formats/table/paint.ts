import { styleText } from 'node:util';
import type { SeverityLevel } from '../../../vulnerabilities/index.ts';

type Style = Parameters<typeof styleText>[0];

/** Puts text in a style, or leaves it plain. */
export type Paint = (style: Style, text: string) => string;

/** Styles text when colour is wanted. Whether the stream can show it is for the caller to know. */
export function painter(color: boolean): Paint {
  return color ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
}

export const LEVEL_STYLES: Readonly<Record<SeverityLevel, Style>> = {
  critical: ['bold', 'magenta'],
  high: 'red',
  medium: 'yellow',
  low: 'blue',
  negligible: 'gray',
  unknown: 'cyan',
};
