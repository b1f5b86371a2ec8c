import { runChecks } from '../doctor.ts';
import { doctorDocument, doctorText } from '../report/doctor.ts';
import { EXIT } from './exit-code.ts';
import { type OutputOptions, print, printJson, terminalStyle } from './output.ts';

/** `podprobe doctor`. */
export async function runDoctor(options: OutputOptions): Promise<number> {
  const checks = await runChecks();
  if (options.json === true) printJson(doctorDocument(checks));
  else print(doctorText(checks, terminalStyle()));
  return EXIT.done;
}
