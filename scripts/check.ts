import { runChecks } from "./checks.ts";

const { passed, failed } = await runChecks((text) => console.log(text));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
