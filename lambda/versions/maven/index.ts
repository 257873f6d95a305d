import type { VersionScheme } from '../scheme.ts';
import { compareMaven, compareMavenToBound, isMavenVersion } from './order.ts';

/** Versions of Maven artifacts. */
export const maven = {
  id: 'maven',
  title: 'Maven',
  urls: ['https://maven.apache.org/pom.html#version-order-specification'],
  ecosystems: ['Maven'],
  isValid: isMavenVersion,
  compare: compareMaven,
  compareToBound: compareMavenToBound,
} as const satisfies VersionScheme;
