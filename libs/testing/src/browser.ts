import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless browser with a profile of its own. @throws Error saying what to install */
export const startBrowser = async (): Promise<Browser> => {
  const executablePath = PLACES.find((place) => existsSync(place));
  if (executablePath === undefined)
    throw new Error('Chromium is missing. Install it: sudo apt-get install chromium');
  // Only here: most tests need no browser, and it takes a while to load.
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath, args: FLAGS });
};
