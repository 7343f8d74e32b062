/** The folder of the installed package `mayfly`. */
export function packageRoot(): string;
