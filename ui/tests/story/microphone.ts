// Chromium with a microphone that speaks from a file.

import type { Browser, PlaywrightWorkerArgs, PlaywrightWorkerOptions } from '@playwright/test'
import { execFileSync } from 'node:child_process'

/** Makes the file that the microphone speaks: words, and numbers for milliseconds of silence. */
export function speak(file: string, ...parts: string[]) {
  const say = process.env.STORY_SAY
  if (!say) throw new Error('name the speaking program in STORY_SAY; cargo xtask test story does')
  execFileSync(say, [file, ...parts], { stdio: 'inherit' })
}

/** A browser of its own, whose microphone speaks the file once. */
export async function person(playwright: PlaywrightWorkerArgs['playwright'], options: PlaywrightWorkerOptions['launchOptions'], wav: string): Promise<Browser> {
  const args = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${wav}%noloop`]
  return playwright.chromium.launch({ ...options, args: [...(options.args ?? []), ...args] })
}
