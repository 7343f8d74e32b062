import type { BenchResult } from "./bench.ts";
import type { BenchReport } from "./report.ts";
export function startPicture(report: BenchReport, modules: BenchResult["modules"]): string { return String(report.version) + String(modules === undefined); }
